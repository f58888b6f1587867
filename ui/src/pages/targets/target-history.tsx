import { useMemo } from 'preact/hooks';
import { formatLabels, type Matrix } from '../../api/columns';
import { queryRange } from '../../api/prometheus';
import type { Labels } from '../../api/types';
import { useResult } from '../../api/use-result';
import { Chart } from '../../chart/chart';
import type { ChartSeries } from '../../chart/model';
import { ErrorNotice } from '../../components/notice';
import type { Unit } from '../../format/units';
import { useMoment } from '../../time/moment';
import { alignWindow, stepFor } from '../../time/step';
import { text } from './text';

const rangeSeconds = 3600;
const stepSeconds = stepFor(rangeSeconds, 240);
const refreshSeconds = 15;

type Metric = { name: string; title: string; unit: Unit; max?: number };

/** What the scrapes of the last hour were like. */
export function TargetHistory({ labels }: { labels: Labels }) {
  const moment = useMoment(refreshSeconds);
  const words = text.value.history;
  const metrics: Metric[] = [
    { name: 'up', title: words.up, unit: 'none', max: 1 },
    { name: 'scrape_duration_seconds', title: words.duration, unit: 's' },
    { name: 'scrape_samples_scraped', title: words.samples, unit: 'short' },
  ];
  const selector = formatLabels(labels);
  const names = metrics.map(({ name }) => name).join('|');
  const query = selector.replace('{', `{__name__=~"${names}"${selector === '{}' ? '' : ', '}`);
  const now = Date.now() / 1000;
  const window = useMemo(
    () => alignWindow({ startSeconds: now - rangeSeconds, endSeconds: now }, stepSeconds),
    [moment.value],
  );
  const result = useResult(
    (signal) => queryRange({ query, ...window, stepSeconds, signal }),
    query,
    moment.value,
  );
  const { data, error, loading } = result.value;
  return (
    <section class="target-history" aria-label={words.title}>
      {error && !data && <ErrorNotice error={error} onRetry={moment.refresh} />}
      {metrics.map((metric) => (
        <figure key={metric.name}>
          <figcaption>
            {metric.title} <span class="target-history-range">{words.title}</span>
          </figcaption>
          <History metric={metric} data={data} loading={loading && !data} group={query} />
        </figure>
      ))}
    </section>
  );
}

const noTimes = new Float64Array();

function History({
  metric,
  data,
  loading,
  group,
}: {
  metric: Metric;
  data: Matrix | null;
  loading: boolean;
  group: string;
}) {
  const series = useMemo<ChartSeries[]>(() => {
    const found = data?.series.find(({ labels }) => labels.__name__ === metric.name);
    return found ? [{ name: metric.title, values: found.values }] : [];
  }, [data, metric.name, metric.title]);
  return (
    <Chart
      title={metric.title}
      times={data?.times ?? noTimes}
      series={series}
      unit={metric.unit}
      mode="area"
      min={0}
      max={metric.max}
      height={104}
      legend="none"
      crosshairGroup={group}
      loading={loading}
      emptyText={text.value.history.empty}
    />
  );
}
