import './page.css';
import { useMemo } from 'preact/hooks';
import { pools as loadPools } from '../../api/scrape';
import { useServerEvents } from '../../api/server-events';
import type { TargetHealth } from '../../api/types';
import { useResult } from '../../api/use-result';
import { Button, IconButton, Segmented } from '../../components/button';
import { Select, TextField } from '../../components/field';
import { EmptyState, ErrorNotice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { text as shared } from '../../i18n/text';
import { setQuery, withBase } from '../../router/location';
import { choiceParam, listParam, stringParam, useQueryParam } from '../../router/query-param';
import { href } from '../../routes';
import { useMoment } from '../../time/moment';
import { beginsOpen, countHealth, filterPools, type TargetFilter } from './filter';
import { HealthStrip } from './health';
import { PoolSection } from './pool-section';
import { text } from './text';

const refreshSeconds = 5;

const healths = ['all', 'up', 'down', 'unknown'] as const;

/** Everything that is scraped: how it went, and when it went wrong, why. */
export function TargetsPage() {
  const moment = useMoment(refreshSeconds);
  useServerEvents(['target-health-changed', 'config-reload'], moment.refresh);
  const result = useResult((signal) => loadPools({ state: 'active', signal }), 'targets', moment.value);
  const search = useQueryParam('search', stringParam());
  const health = useQueryParam<TargetHealth | 'all'>('health', choiceParam(healths, 'all'));
  const pool = useQueryParam('pool', stringParam());
  // Pools that are not as they begin.
  const toggled = useQueryParam('toggled', listParam());
  const opened = useQueryParam('target', listParam());

  const { data, error, loading } = result.value;
  const filter: TargetFilter = { search: search.value, health: health.value, pool: pool.value };
  const views = useMemo(
    () => (data ? filterPools(data, filter) : []),
    [data, search.value, health.value, pool.value],
  );
  const counts = useMemo(() => countHealth((data ?? []).flatMap(({ active }) => active)), [data]);
  const isOpen = (view: (typeof views)[number]) =>
    beginsOpen(view, views.length, filter) !== toggled.value.includes(view.name);
  const isEveryOpen = views.every(isOpen);
  const toggle = (list: typeof toggled, item: string) =>
    list.set(list.value.includes(item) ? list.value.filter((one) => one !== item) : [...list.value, item]);
  const clear = () => setQuery({ search: null, health: null, pool: null }, 'push');

  const total = counts.up + counts.down + counts.unknown;
  const words = text.value;
  const choice = (value: (typeof healths)[number], label: string, count: number) => ({
    value,
    label: (
      <>
        {value !== 'all' && <i class={`targets-dot is-${value}`} />}
        {label} <span class="targets-count">{data ? count : '–'}</span>
      </>
    ),
  });
  return (
    <Page
      title={words.title}
      lead={<span class="targets-live">{words.live}</span>}
      actions={<IconButton icon="refresh" label={shared.value.common.refresh} onClick={moment.refresh} />}
    >
      <div class="targets">
        <HealthStrip counts={counts} />
        <search class="targets-filters">
          <Segmented
            label={words.filterHealth}
            value={health.value}
            onChange={(value) => health.set(value, 'push')}
            choices={[
              choice('all', words.all, total),
              choice('up', words.health.up, counts.up),
              choice('down', words.health.down, counts.down),
              choice('unknown', words.unknownShort, counts.unknown),
            ]}
          />
          <div class="targets-search">
            <TextField
              type="search"
              label={words.search}
              hideLabel
              icon="search"
              placeholder={words.search}
              value={search.value}
              onInput={(value) => search.set(value)}
            />
          </div>
          <Select
            label={words.pool}
            hideLabel
            value={pool.value}
            onChange={(value) => pool.set(value, 'push')}
            choices={[
              { value: '', label: words.allPools(data?.length ?? 0) },
              ...(data ?? []).map(({ scrapePool }) => ({ value: scrapePool, label: scrapePool })),
              ...(pool.value && !data?.some(({ scrapePool }) => scrapePool === pool.value)
                ? [{ value: pool.value, label: pool.value }]
                : []),
            ]}
          />
          {views.length > 1 && (
            <Button
              kind="quiet"
              onClick={() =>
                // Those that begin the other way than all shall be now.
                toggled.set(
                  views
                    .filter((view) => beginsOpen(view, views.length, filter) === isEveryOpen)
                    .map(({ name }) => name),
                )
              }
            >
              {isEveryOpen ? words.closeAll : words.openAll}
            </Button>
          )}
        </search>
        {error && <ErrorNotice error={error} onRetry={moment.refresh} />}
        {!data && loading && <LoadingPools />}
        {data && views.length === 0 && (
          <EmptyState
            icon={data.length === 0 ? 'targets' : 'search'}
            title={data.length === 0 ? words.nothing : words.noMatch}
          >
            {data.length === 0 ? (
              words.nothingHint
            ) : (
              <div class="targets-no-match">
                <p>{words.noMatchHint}</p>
                {search.value && (
                  <a href={withBase(href('discovery', {}, { search: search.value }))}>
                    {words.noMatchLink(search.value)}
                  </a>
                )}
                <Button onClick={clear}>{words.clear}</Button>
              </div>
            )}
          </EmptyState>
        )}
        {views.length > 0 && <ColumnNames />}
        {views.map((view) => (
          <PoolSection
            key={view.name}
            view={view}
            isOpen={isOpen(view)}
            isFiltered={search.value !== '' || health.value !== 'all'}
            onToggle={() => toggle(toggled, view.name)}
            opened={opened.value}
            onToggleTarget={(key) => toggle(opened, key)}
          />
        ))}
      </div>
    </Page>
  );
}

/** The heads of the columns, once for all pools; each value names itself where there are none. */
function ColumnNames() {
  const words = text.value;
  return (
    <div class="targets-columns target-columns" aria-hidden="true">
      <span />
      <span>{words.filterHealth}</span>
      <span>{words.endpoint}</span>
      <span>{words.lastScrape}</span>
      <span>{words.duration}</span>
      <span class="is-number">{words.samples}</span>
    </div>
  );
}

function LoadingPools() {
  return (
    <div aria-busy="true">
      {[0, 1, 2].map((index) => (
        <div key={index} class="targets-loading">
          <Skeleton height="96px" />
        </div>
      ))}
    </div>
  );
}
