import type { MatrixBatch } from '../../api/batch';
import type { VectorSample } from '../../api/columns';
import type { ChartSeries } from '../../chart/model';
import type { machineBatch, momentBatch, trafficBatch } from './queries';
import { combine, firstValues, lastValue, mirrored, total } from './shape';
import { text } from './text';

type MachineAnswer = MatrixBatch<keyof ReturnType<typeof machineBatch>>;
type TrafficAnswer = MatrixBatch<keyof ReturnType<typeof trafficBatch>>;
export type MomentAnswer = Record<keyof ReturnType<typeof momentBatch>, VectorSample[]>;

/**
 * Modes from the bottom of the stack up: the small ones first, so that the outline
 * is that of what matters. Their places in the palette do not depend on which
 * are present.
 */
const cpuModes: [mode: string, color: number][] = [
  ['steal', 6],
  ['softirq', 5],
  ['irq', 3],
  ['iowait', 4],
  ['nice', 2],
  ['system', 1],
  ['user', 0],
];

export function shapeMachine({ times, series }: MachineAnswer) {
  const { length } = times;
  const t = text.value;
  const column = (name: keyof typeof series) => firstValues(series[name], length);
  const memoryTotal = column('memoryTotal');
  const available = column('memoryAvailable');
  const load1 = column('load1');
  const load5 = column('load5');
  const load15 = column('load15');
  const cores = column('cores');
  const cache = combine(
    [column('memoryCached'), column('memoryBuffers'), column('memoryReclaimable')],
    (cached, buffers, reclaimable) => cached + orZero(buffers) + orZero(reclaimable),
  );
  const memoryUsed = combine([memoryTotal, available], (all, free) => all - free);
  // Available counts most of the cache as free, so that the two may overlap a little.
  const shownCache = combine([cache, available, column('memoryFree')], (cached, usable, free) =>
    Math.min(cached, Math.max(0, usable - free)),
  );
  const swapUsed = column('swapUsed');
  const memory: ChartSeries[] = [
    { name: t.used, values: memoryUsed, color: 0 },
    { name: t.cache, values: shownCache, color: 2 },
    { name: t.total, values: memoryTotal, color: 11, reference: true },
  ];
  if (lastValue(swapUsed) > 0) memory.push({ name: t.swap, values: swapUsed, color: 1, reference: true });
  return {
    cpu: cpuModes.flatMap(([mode, color]): ChartSeries[] => {
      const found = series.cpu.find(({ labels }) => labels.mode === mode);
      // A mode that this kernel never counts would only fill the legend.
      const isUsed = mode === 'user' || mode === 'system' || found?.values.some((value) => value > 0);
      return found && isUsed ? [{ name: mode, values: found.values, color }] : [];
    }),
    cpuTotal: total(series.cpu, length),
    cores: lastValue(cores),
    memory,
    memoryShare: combine([memoryUsed, memoryTotal], (used, all) => used / all),
    memoryUsed: lastValue(memoryUsed),
    memoryTotal: lastValue(memoryTotal),
    load: [
      { name: t.minutes(1), values: load1, color: 0 },
      { name: t.minutes(5), values: load5, color: 1 },
      { name: t.minutes(15), values: load15, color: 2 },
      { name: t.coresLine, values: cores, color: 11, reference: true },
    ] satisfies ChartSeries[],
    load1,
    load5: lastValue(load5),
    load15: lastValue(load15),
  };
}

export function shapeTraffic({ times, series }: TrafficAnswer) {
  const { length } = times;
  const t = text.value;
  const { received, sent, diskRead, diskWritten, used } = series;
  const network = mirrored(
    { series: received, label: t.in },
    { series: sent, label: t.out, negative: true },
    3,
  );
  const disk = mirrored(
    { series: diskRead, label: t.read },
    { series: diskWritten, label: t.write, negative: true },
    3,
  );
  const mounts = used.map(({ labels, values }) => ({ mountpoint: labels.mountpoint ?? '', values }));
  const fullest = mounts.reduce<(typeof mounts)[number] | undefined>(
    (best, mount) => (best && lastValue(best.values) >= lastValue(mount.values) ? best : mount),
    undefined,
  );
  return {
    network,
    disk,
    received: total(received, length),
    sent: total(sent, length),
    interfaces: [...new Set(received.map(({ labels }) => labels.device ?? ''))].sort().join(', '),
    fullest,
  };
}

/** Bytes free on a mountpoint as of now. */
export function freeOn(now: MomentAnswer | null, mountpoint: string): number {
  return now?.available.find(({ labels }) => labels.mountpoint === mountpoint)?.value ?? Number.NaN;
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
