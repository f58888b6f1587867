import type { Batch } from '../../api/batch';
import type { VectorSample } from '../../api/columns';
import type { Unit } from '../../format/units';
import { matchers, type Node } from './queries';

/**
 * The resources whose level is compared with some minutes ago. `floor` is the
 * least amount that matters: below it a doubling is noise.
 */
type Resource = {
  expression(node: Node, rateWindow: string): string;
  unit: Unit;
  floor: number;
  /** The label that tells several series of one resource apart. */
  by?: string;
};

const gauge =
  (metric: string) =>
  (node: Node, window: string): string =>
    `avg_over_time(${metric}${matchers(node)}[${window}])`;
const rate =
  (metric: string, more = '', by = '') =>
  (node: Node, window: string): string =>
    `sum by (${by}) (rate(${metric}${matchers(node, more)}[${window}]))`;
const disks = 'device!~"(loop|ram|zram|sr|fd|dm-|md).*"';
const interfaces = 'device!~"lo|(veth|docker|br-|cni|cali|flannel|ifb|dummy|cilium|lxc).*"';

const resourceTable = {
  cpuUser: { expression: cpu('user'), unit: 'percentunit', floor: 0.02 },
  cpuSystem: { expression: cpu('system'), unit: 'percentunit', floor: 0.02 },
  cpuIowait: { expression: cpu('iowait'), unit: 'percentunit', floor: 0.02 },
  cpuSteal: { expression: cpu('steal'), unit: 'percentunit', floor: 0.02 },
  memoryUsed: {
    expression: (node, window) =>
      `avg_over_time(node_memory_MemTotal_bytes${matchers(node)}[${window}]) - avg_over_time(node_memory_MemAvailable_bytes${matchers(node)}[${window}])`,
    unit: 'bytes',
    floor: 128 * 1024 ** 2,
  },
  diskRead: {
    expression: rate('node_disk_read_bytes_total', disks, 'device'),
    unit: 'Bps',
    floor: 256e3,
    by: 'device',
  },
  diskWritten: {
    expression: rate('node_disk_written_bytes_total', disks, 'device'),
    unit: 'Bps',
    floor: 256e3,
    by: 'device',
  },
  received: {
    expression: rate('node_network_receive_bytes_total', interfaces, 'device'),
    unit: 'Bps',
    floor: 64e3,
    by: 'device',
  },
  sent: {
    expression: rate('node_network_transmit_bytes_total', interfaces, 'device'),
    unit: 'Bps',
    floor: 64e3,
    by: 'device',
  },
  load: { expression: gauge('node_load1'), unit: 'short', floor: 0.5 },
  running: { expression: gauge('node_procs_running'), unit: 'short', floor: 3 },
  blocked: { expression: gauge('node_procs_blocked'), unit: 'short', floor: 2 },
  forks: { expression: rate('node_forks_total'), unit: 'cps', floor: 10 },
  contextSwitches: { expression: rate('node_context_switches_total'), unit: 'cps', floor: 5000 },
  interrupts: { expression: rate('node_intr_total'), unit: 'cps', floor: 5000 },
  tcp: { expression: gauge('node_netstat_Tcp_CurrEstab'), unit: 'short', floor: 20 },
  retransmits: { expression: rate('node_netstat_Tcp_RetransSegs'), unit: 'cps', floor: 2 },
  files: { expression: gauge('node_filefd_allocated'), unit: 'short', floor: 500 },
  majorFaults: { expression: rate('node_vmstat_pgmajfault'), unit: 'cps', floor: 20 },
} satisfies Record<string, Resource>;

export type ResourceName = keyof typeof resourceTable;

export const resources: Record<ResourceName, Resource> = resourceTable;

function cpu(mode: string) {
  return (node: Node, window: string): string =>
    `avg(rate(node_cpu_seconds_total${matchers(node, `mode="${mode}"`)}[${window}]))`;
}

/** All resources in one request; evaluate it now and at an earlier time. */
export function changesBatch(node: Node, rateWindow: string): Batch<ResourceName> {
  return Object.fromEntries(
    Object.entries(resources).map(([name, { expression }]) => [name, expression(node, rateWindow)]),
  ) as Batch<ResourceName>;
}

export type Change = {
  resource: ResourceName;
  /** The device, where there are several. */
  part: string;
  unit: Unit;
  before: number;
  now: number;
  /** Doublings, up or down, with the resource's floor added to both. */
  doublings: number;
};

type Levels = Partial<Record<ResourceName, VectorSample[]>>;

/** Less than a tenth more or less is no change. */
const leastDoublings = Math.log2(1.1);

export function topChanges(before: Levels, now: Levels, limit: number): Change[] {
  const changes: Change[] = [];
  for (const [name, { unit, floor, by }] of Object.entries(resources) as [ResourceName, Resource][]) {
    const earlier = new Map((before[name] ?? []).map(({ labels, value }) => [part(labels, by), value]));
    for (const { labels, value } of now[name] ?? []) {
      const was = earlier.get(part(labels, by));
      if (was === undefined || !Number.isFinite(was) || !Number.isFinite(value)) continue;
      const doublings = Math.log2((Math.max(0, value) + floor) / (Math.max(0, was) + floor));
      if (Math.abs(doublings) < leastDoublings) continue;
      changes.push({ resource: name, part: part(labels, by), unit, before: was, now: value, doublings });
    }
  }
  return changes.sort((a, b) => Math.abs(b.doublings) - Math.abs(a.doublings)).slice(0, limit);
}

function part(labels: Record<string, string>, by: string | undefined): string {
  return by ? (labels[by] ?? '') : '';
}
