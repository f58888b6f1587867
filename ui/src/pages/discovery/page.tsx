import './page.css';
import { useMemo } from 'preact/hooks';
import { pools as loadPools } from '../../api/scrape';
import { useServerEvents } from '../../api/server-events';
import { useResult } from '../../api/use-result';
import { Button, IconButton, Segmented } from '../../components/button';
import { Select, TextField } from '../../components/field';
import { EmptyState, ErrorNotice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { text as shared } from '../../i18n/text';
import { setQuery } from '../../router/location';
import { choiceParam, listParam, stringParam, useQueryParam } from '../../router/query-param';
import { useMoment } from '../../time/moment';
import { type DiscoveryState, filterJobs } from './filter';
import { JobSection } from './job-section';
import { text } from './text';

const refreshSeconds = 15;

const states = ['all', 'active', 'dropped'] as const;

/** What service discovery found, and for everything that is not scraped, why. */
export function DiscoveryPage() {
  const moment = useMoment(refreshSeconds);
  useServerEvents(['target-health-changed', 'config-reload'], moment.refresh);
  const result = useResult((signal) => loadPools({ signal }), 'discovery', moment.value);
  const search = useQueryParam('search', stringParam());
  const state = useQueryParam<DiscoveryState>('state', choiceParam(states, 'all'));
  const pool = useQueryParam('pool', stringParam());
  const toggled = useQueryParam('toggled', listParam());

  const { data, error, loading } = result.value;
  const jobs = useMemo(
    () => (data ? filterJobs(data, { search: search.value, state: state.value, pool: pool.value }) : []),
    [data, search.value, state.value, pool.value],
  );
  const isNarrowed = search.value.trim() !== '' || state.value !== 'all' || pool.value !== '';
  // Jobs begin open where somebody looks for something, or where there is just one.
  const beginsOpen = isNarrowed || jobs.length === 1;
  const words = text.value;
  const names = (data ?? []).map(({ scrapePool }) => scrapePool);
  if (pool.value && !names.includes(pool.value)) names.push(pool.value);
  return (
    <Page
      title={words.title}
      lead={<span class="discovery-lead">{words.lead}</span>}
      actions={<IconButton icon="refresh" label={shared.value.common.refresh} onClick={moment.refresh} />}
    >
      <div class="discovery">
        <search class="discovery-filters">
          <div class="discovery-search">
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
          <Segmented
            label={words.state.label}
            value={state.value}
            onChange={(value) => state.set(value, 'push')}
            choices={states.map((value) => ({ value, label: words.state[value] }))}
          />
          <Select
            label={words.pool}
            hideLabel
            value={pool.value}
            onChange={(value) => pool.set(value, 'push')}
            choices={[
              { value: '', label: words.allJobs(data?.length ?? 0) },
              ...names.map((name) => ({ value: name, label: name })),
            ]}
          />
        </search>
        {error && <ErrorNotice error={error} onRetry={moment.refresh} />}
        {!data && loading && (
          <div class="discovery-loading" aria-busy="true">
            {[0, 1, 2, 3].map((index) => (
              <Skeleton key={index} height="42px" />
            ))}
          </div>
        )}
        {data && jobs.length === 0 && <NothingFound hasJobs={data.length > 0} search={search.value.trim()} />}
        {jobs.map((job) => (
          <JobSection
            key={job.name}
            job={job}
            isFiltered={search.value.trim() !== '' || state.value !== 'all'}
            isOpen={beginsOpen !== toggled.value.includes(job.name)}
            onToggle={() =>
              toggled.set(
                toggled.value.includes(job.name)
                  ? toggled.value.filter((name) => name !== job.name)
                  : [...toggled.value, job.name],
              )
            }
          />
        ))}
      </div>
    </Page>
  );
}

function NothingFound({ hasJobs, search }: { hasJobs: boolean; search: string }) {
  const words = text.value;
  if (!hasJobs)
    return (
      <EmptyState icon="discovery" title={words.none}>
        {words.noneHint}
      </EmptyState>
    );
  const hints = words.noMatchHints;
  return (
    <EmptyState icon="search" title={search ? words.noMatch(search) : words.noMatchPlain}>
      {search && (
        <div class="discovery-hints">
          <p>{hints.intro}</p>
          <ul>
            <li>{hints.selection}</li>
            <li>{hints.rights}</li>
            <li>{hints.spelling}</li>
          </ul>
        </div>
      )}
      <Button onClick={() => setQuery({ search: null, state: null, pool: null }, 'push')}>
        {words.clear}
      </Button>
    </EmptyState>
  );
}
