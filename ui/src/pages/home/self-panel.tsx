import './self-panel.css';
import { useMemo } from 'preact/hooks';
import { type MatrixBatch, queryRangeBatch } from '../../api/batch';
import { useResult } from '../../api/use-result';
import { Panel } from '../../components/panel';
import { Sparkline } from '../../components/sparkline';
import { formatValue, type Unit } from '../../format/units';
import { server } from '../../shell/server';
import { selfBatch } from './queries';
import type { RangeRequest } from './range-request';
import { fittedWindow, indexOfTime, lastValue, total } from './shape';
import { text } from './text';

type SelfName = keyof ReturnType<typeof selfBatch>;
type Row = { label: string; values: Float64Array | undefined; now: number; unit: Unit };

/** What this server itself costs. */
export function SelfPanel({ request }: { request: RangeRequest }) {
  const { window, stepSeconds, rateWindow, identity, moment } = request;
  const { data } = useResult(
    (signal) => queryRangeBatch(selfBatch(rateWindow), { ...window, stepSeconds, signal }),
    identity,
    moment,
  ).value;
  const own = useMemo(() => data && ownSeries(data), [data]);
  const t = text.value;
  const storage = server.value?.storage;
  const usage = storage?.usage;
  const stored = usage ? usage.logBytes + usage.headBytes + usage.blockBytes : Number.NaN;
  const row = (label: string, values: Float64Array | undefined, unit: Unit, fallback = Number.NaN): Row => {
    const now = lastValue(values);
    return { label, values, unit, now: Number.isNaN(now) ? fallback : now };
  };
  const rows: Row[] = [
    row(t.selfMemory, own?.memory, 'bytes'),
    row(t.selfCPU, own?.cpu, 'percentunit'),
    row(t.samples, own?.samples, 'cps'),
    row(t.series, own?.series, 'short', storage?.head?.numSeries),
    row(t.storage, own?.disk, 'bytes', stored),
  ];
  return (
    <Panel title={t.self} note={server.value?.version}>
      <dl class="self">
        {rows.map(({ label, values, now, unit }) => (
          <div key={label} class="self-row">
            <dt>{label}</dt>
            <dd class="self-spark">{values && <Sparkline values={values} />}</dd>
            <dd class="self-value">{formatValue(now, unit)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** The series of this server where several Prometheus-like servers are scraped: the one with Monopod's own metrics. */
function ownSeries({ times, series }: MatrixBatch<SelfName>) {
  const { instance, job } = (series.own[0] ?? series.series[0])?.labels ?? {};
  const ofOwn = (name: SelfName) =>
    series[name].filter(({ labels }) => labels.instance === instance && labels.job === job);
  const fitted = fittedWindow(times, ofOwn('series'));
  const from = fitted ? indexOfTime(times, fitted.startSeconds) : 0;
  const only = (name: SelfName) => ofOwn(name)[0]?.values.subarray(from);
  return {
    memory: only('memory'),
    cpu: only('cpu'),
    samples: only('samples'),
    series: only('series'),
    disk: total([...ofOwn('wal'), ...ofOwn('head'), ...ofOwn('blocks')], times.length).subarray(from),
  };
}
