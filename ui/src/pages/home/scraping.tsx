import { useMemo } from 'preact/hooks';
import { queryRangeBatch } from '../../api/batch';
import type { MatrixSeries } from '../../api/columns';
import { tsdbStatus } from '../../api/prometheus';
import { useResult } from '../../api/use-result';
import type { ChartSeries } from '../../chart/model';
import { ErrorNotice, Notice, Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { formatValue } from '../../format/units';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import type { TimeControl } from '../../time/control';
import { isRelative } from '../../time/range';
import { ChartPanel } from './chart-panel';
import { scrapingBatch } from './queries';
import { rangeRequest } from './range-request';
import { SelfPanel } from './self-panel';
import { fittedWindow, lastValue } from './shape';
import { TargetsPanel } from './targets-panel';
import { text } from './text';

const maxJobs = 12;

/** For a server that watches no machine: what it scrapes, and what that costs. */
export function Scraping({ scrapeSeconds, control }: { scrapeSeconds: number; control: TimeControl }) {
  const request = rangeRequest(control, scrapeSeconds);
  const { window, stepSeconds, identity, moment } = request;
  const { data, error } = useResult(
    (signal) => queryRangeBatch(scrapingBatch, { ...window, stepSeconds, signal }),
    identity,
    moment,
  ).value;
  const metrics = useResult(
    (signal) => tsdbStatus({ limit: 10, signal }),
    'tsdb',
    Math.floor(moment / 6),
  ).value;
  const t = text.value;
  const shaped = useMemo(
    () =>
      data && {
        samples: byJob(data.series.samples),
        duration: byJob(data.series.duration),
        targets: [
          { name: t.up, values: data.series.up[0]?.values ?? new Float64Array(0), color: 2 },
          {
            name: t.total,
            values: data.series.total[0]?.values ?? new Float64Array(0),
            color: 11,
            reference: true,
          },
        ] satisfies ChartSeries[],
      },
    [data, t],
  );
  const times = data?.times ?? noTimes;
  const shown = (data && isRelative(control.range.value) && fittedWindow(times, data.series.total)) || window;
  const shared = { times, loading: !data, window: shown, onZoom: control.zoomTo, onZoomOut: control.zoomOut };
  return (
    <>
      <Notice level="info" title={t.noNodeTitle}>
        <p>{t.noNodeHint}</p>
      </Notice>
      {error && !data && <ErrorNotice error={error} onRetry={control.refresh} />}
      <div class="home-grid">
        <TargetsPanel control={control} />
        <SelfPanel request={request} />
        <Panel title={t.topMetrics} note={t.topMetricsNote}>
          <ol class="top-metrics">
            {!metrics.data && [0, 1, 2, 3].map((row) => <Skeleton key={row} height="20px" />)}
            {metrics.data?.seriesCountByMetricName.map(({ name, value }) => (
              <li key={name}>
                <a href={withBase(href('explore', {}, { expr: name }))}>
                  <span>{name}</span>
                  <strong>{formatValue(value, 'short')}</strong>
                </a>
              </li>
            ))}
          </ol>
        </Panel>
        <ChartPanel
          title={t.targetsUp}
          expression={scrapingBatch.up}
          series={shaped?.targets ?? noSeries}
          unit="short"
          mode="area"
          {...shared}
        />
        <ChartPanel
          title={t.samplesByJob}
          expression={scrapingBatch.samples}
          series={shaped?.samples ?? noSeries}
          unit="short"
          mode="stacked"
          {...shared}
        />
        <ChartPanel
          title={t.durationByJob}
          expression={scrapingBatch.duration}
          series={shaped?.duration ?? noSeries}
          unit="s"
          {...shared}
        />
      </div>
    </>
  );
}

const noTimes = new Float64Array(0);
const noSeries: readonly ChartSeries[] = [];

/** The jobs with the largest values, named by job. */
function byJob(series: readonly MatrixSeries[]): ChartSeries[] {
  return [...series]
    .sort((a, b) => orZero(lastValue(b.values)) - orZero(lastValue(a.values)))
    .slice(0, maxJobs)
    .map(({ labels, values }) => ({ name: labels.job ?? '', values }));
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
