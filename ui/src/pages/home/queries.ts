import type { Batch } from '../../api/batch';

/** Which machine: what tells its series from those of the others. */
export type Node = { job: string; instance: string; name: string };

export function matchers(node: Pick<Node, 'job' | 'instance'>, more = ''): string {
  const own = `job=${JSON.stringify(node.job)},instance=${JSON.stringify(node.instance)}`;
  return `{${own}${more && `,${more}`}}`;
}

/** Devices that repeat what another one counts, or that nobody means. */
const disks = 'device!~"(loop|ram|zram|sr|fd|dm-|md|nbd).*"';
const interfaces =
  'device!~"lo|(veth|docker|br-|cni|cali|flannel|virbr|ifb|dummy|tunl|cilium|lxc|eni|gke|kube|nodelocal|vnet|tap).*"';
const filesystems =
  'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|iso9660|nsfs|autofs|fuse.*|erofs|efivarfs|rootfs",mountpoint!~"/(var/lib/(kubelet|docker|containers)|run|boot/efi|snap|etc)(/.*)?"';

export const nodesBatch = {
  nodes: 'group by (job, instance) (node_load1 or node_cpu_seconds_total)',
  names: 'max by (job, instance, nodename) (node_uname_info)',
} satisfies Batch<string>;

/** Processor, memory and load over the range. */
export function machineBatch(node: Node, rateWindow: string) {
  const m = (metric: string, more?: string) => metric + matchers(node, more);
  return {
    cpu: `avg by (mode) (rate(${m('node_cpu_seconds_total', 'mode!="idle"')}[${rateWindow}]))`,
    cores: `count(${m('node_cpu_seconds_total', 'mode="idle"')})`,
    load1: m('node_load1'),
    load5: m('node_load5'),
    load15: m('node_load15'),
    memoryTotal: m('node_memory_MemTotal_bytes'),
    memoryAvailable: m('node_memory_MemAvailable_bytes'),
    memoryFree: m('node_memory_MemFree_bytes'),
    memoryCached: m('node_memory_Cached_bytes'),
    memoryBuffers: m('node_memory_Buffers_bytes'),
    memoryReclaimable: m('node_memory_SReclaimable_bytes'),
    swapUsed: `${m('node_memory_SwapTotal_bytes')} - ${m('node_memory_SwapFree_bytes')}`,
  } satisfies Batch<string>;
}

/** Disks, filesystems and network over the range. */
export function trafficBatch(node: Node, rateWindow: string) {
  const rate = (metric: string, more: string) =>
    `sum by (device) (rate(${metric}${matchers(node, more)}[${rateWindow}]))`;
  return {
    diskRead: rate('node_disk_read_bytes_total', disks),
    diskWritten: rate('node_disk_written_bytes_total', disks),
    received: rate('node_network_receive_bytes_total', interfaces),
    sent: rate('node_network_transmit_bytes_total', interfaces),
    used: `max by (mountpoint) (1 - node_filesystem_avail_bytes${matchers(node, filesystems)} / node_filesystem_size_bytes${matchers(node, filesystems)})`,
  } satisfies Batch<string>;
}

/** What is shown as of now. */
export function momentBatch(node: Node) {
  const m = (metric: string, more?: string) => metric + matchers(node, more);
  return {
    boot: m('node_boot_time_seconds'),
    size: `max by (mountpoint, device) (${m('node_filesystem_size_bytes', filesystems)})`,
    available: `min by (mountpoint, device) (${m('node_filesystem_avail_bytes', filesystems)})`,
  } satisfies Batch<string>;
}

/** Health of the targets as of now; `down` gives the targets themselves. */
export const targetsBatch = {
  total: 'count by (job) (up)',
  up: 'sum by (job) (up)',
  down: 'up == 0',
} satisfies Batch<string>;

/** What this server costs, if it scrapes itself. */
export function selfBatch(rateWindow: string) {
  const self = 'on (job, instance) group by (job, instance) (prometheus_tsdb_head_series)';
  const one = (expression: string) => `max by (job, instance) (${expression})`;
  return {
    memory: one(`process_resident_memory_bytes and ${self}`),
    cpu: one(`rate(process_cpu_seconds_total[${rateWindow}]) and ${self}`),
    samples: `sum by (job, instance) (rate(prometheus_tsdb_head_samples_appended_total[${rateWindow}]))`,
    series: one('prometheus_tsdb_head_series'),
    wal: one('prometheus_tsdb_wal_storage_size_bytes'),
    head: one('monopod_tsdb_head_bytes'),
    blocks: one('prometheus_tsdb_storage_blocks_bytes'),
    own: one('monopod_tsdb_groups'),
  } satisfies Batch<string>;
}

/** Scraping as a whole, for a server that watches no machine. */
export const scrapingBatch = {
  samples: 'sum by (job) (scrape_samples_scraped)',
  duration: 'max by (job) (scrape_duration_seconds)',
  up: 'sum(up)',
  total: 'count(up)',
} satisfies Batch<string>;
