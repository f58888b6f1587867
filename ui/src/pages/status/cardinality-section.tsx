import './cardinality-section.css';
import { tsdbStatus } from '../../api/prometheus';
import type { Count } from '../../api/types';
import { useResult } from '../../api/use-result';
import { Select } from '../../components/field';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { formatValue } from '../../format/units';
import { withBase } from '../../router/location';
import { numberParam, useQueryParam } from '../../router/query-param';
import { href } from '../../routes';
import { useMoment } from '../../time/moment';
import { bars, labelQuery, metricQuery, pairQuery } from './cardinality';
import { text } from './text';

const limits = [10, 20, 50, 100, 500];

/** What the series are made of: where their number comes from. */
export function CardinalitySection() {
  const moment = useMoment(30);
  const limit = useQueryParam('limit', numberParam(10));
  const identity = String(limit.value);
  const result = useResult(
    (signal) => tsdbStatus({ limit: limit.value, signal }),
    identity,
    moment.value,
  ).value;
  const words = text.value.cardinality;
  const { data, error } = result;
  const total = data?.headStats.numSeries ?? null;
  const choices = limits.includes(limit.value) ? limits : [...limits, limit.value];
  const list = (counts: Count[] | undefined) => (data ? (counts ?? []) : undefined);
  return (
    <>
      <div class="cardinality-head">
        <span class="cardinality-totals">
          {data ? (
            words.totals(
              data.headStats.numSeries.toLocaleString('en'),
              data.headStats.numLabelPairs.toLocaleString('en'),
            )
          ) : (
            <Skeleton width="220px" />
          )}
        </span>
        <span>{words.intro}</span>
        <Select
          label={words.limit}
          value={String(limit.value)}
          choices={choices.map((count) => ({ value: String(count), label: String(count) }))}
          onChange={(value) => limit.set(Number(value))}
        />
      </div>
      {error && error.kind !== 'unavailable' && <ErrorNotice error={error} onRetry={moment.refresh} />}
      <div class="cardinality">
        <BarList
          title={words.metrics}
          note={words.series}
          counts={list(data?.seriesCountByMetricName)}
          total={total}
          query={metricQuery}
        />
        <BarList
          title={words.labels}
          note={words.values}
          counts={list(data?.labelValueCountByLabelName)}
          query={labelQuery}
        />
        <BarList
          title={words.pairs}
          note={words.series}
          counts={list(data?.seriesCountByLabelValuePair)}
          total={total}
          query={pairQuery}
        />
        <BarList
          title={words.memory}
          note={words.bytes}
          counts={list(data?.memoryInBytesByLabelName)}
          isBytes
          query={labelQuery}
        />
      </div>
    </>
  );
}

type BarListProps = {
  title: string;
  note: string;
  /** `undefined` is on its way. */
  counts: readonly Count[] | undefined;
  total?: number | null;
  isBytes?: boolean;
  query(name: string): string;
};

function BarList({ title, note, counts, total = null, isBytes, query }: BarListProps) {
  const words = text.value.cardinality;
  return (
    <Panel title={title} note={note}>
      {counts?.length === 0 && <p class="bars-empty">{words.empty}</p>}
      <ol class="bars" aria-label={title} aria-busy={counts === undefined}>
        {counts === undefined &&
          Array.from({ length: 10 }, (_, index) => (
            <li key={index} class="bar">
              <Skeleton height="16px" />
            </li>
          ))}
        {bars(counts ?? [], total).map(({ name, value, length, share }) => (
          <li key={name}>
            <a
              class="bar"
              href={withBase(href('explore', {}, { expr: query(name), tab: 'table' }))}
              title={words.explore(name)}
            >
              <span class="bar-fill" style={{ width: `${length * 100}%` }} />
              <span class="bar-name">{name}</span>
              {share !== null && (
                <span class="bar-share" title={words.ofSeries(formatValue(share, 'percentunit'))}>
                  {formatValue(share, 'percentunit', share < 0.1 ? 1 : 0)}
                </span>
              )}
              <span class="bar-value">
                {isBytes ? formatValue(value, 'bytes') : value.toLocaleString('en')}
              </span>
            </a>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
