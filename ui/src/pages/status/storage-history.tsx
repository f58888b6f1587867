import { useMemo } from 'preact/hooks';
import { queryRangeBatch } from '../../api/batch';
import { useResult } from '../../api/use-result';
import { Chart } from '../../chart/chart';
import { Panel } from '../../components/panel';
import { useMoment } from '../../time/moment';
import { alignWindow, stepFor } from '../../time/step';
import { text } from './text';

const rangeSeconds = 6 * 3600;
const stepSeconds = stepFor(rangeSeconds, 360);

const expressions = {
  rate: 'sum(rate(prometheus_tsdb_head_samples_appended_total[5m]))',
  series: 'sum(prometheus_tsdb_head_series)',
};

/** How ingestion went, where the server scrapes itself; nothing elsewhere. */
export function StorageHistory() {
  const moment = useMoment(60);
  const now = Date.now() / 1000;
  const window = useMemo(
    () => alignWindow({ startSeconds: now - rangeSeconds, endSeconds: now }, stepSeconds),
    [moment.value],
  );
  const { data } = useResult(
    (signal) => queryRangeBatch(expressions, { ...window, stepSeconds, signal }),
    'history',
    moment.value,
  ).value;
  const words = text.value.storage;
  const charts = useMemo(
    () =>
      (['rate', 'series'] as const).flatMap((name) => {
        const values = data?.series[name][0]?.values;
        const title = name === 'rate' ? words.historyRate : words.historySeries;
        return values ? [{ name, title, series: [{ name: title, values }] }] : [];
      }),
    [data, words],
  );
  if (!data || charts.length === 0) return null;
  return (
    <div class="storage-charts">
      {charts.map(({ name, title, series }) => (
        <Panel key={name} title={title} note={words.history}>
          <Chart
            title={title}
            times={data.times}
            series={series}
            unit="short"
            mode="area"
            height={160}
            legend="none"
            crosshairGroup="storage"
          />
        </Panel>
      ))}
    </div>
  );
}
