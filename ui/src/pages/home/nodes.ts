import { type Batch, queryInstantBatch } from '../../api/batch';
import type { VectorSample } from '../../api/columns';
import type { Result } from '../../api/errors';
import { runtimeInfo, targets } from '../../api/prometheus';
import { parseDuration } from '../../time/duration';
import { type Node, nodesBatch } from './queries';

/** The machines that are watched. */
export type Nodes = {
  all: Node[];
  /** Index of the one that the server itself runs on, or the first. */
  own: number;
};

const fallbackScrapeSeconds = 15;

export async function loadNodes(signal: AbortSignal): Promise<Result<Nodes>> {
  const found = await queryInstantBatch(nodesBatch, { signal });
  if (!found.ok) return found;
  const all = nameNodes(found.data);
  let own = 0;
  if (all.length > 1) {
    const info = await runtimeInfo({ signal });
    const { hostname } = info.ok ? info.data : { hostname: undefined };
    own = Math.max(
      0,
      all.findIndex(({ name }) => name === hostname),
    );
  }
  return { ...found, data: { all, own } };
}

/** Machines by name; two of one name are told apart by their instance. */
export function nameNodes({
  nodes,
  names,
}: Record<keyof typeof nodesBatch, VectorSample[]> & Partial<Batch<never>>): Node[] {
  const named = nodes.map(({ labels }): Node => {
    const { job = '', instance = '' } = labels;
    const known = names.find((one) => one.labels.job === job && one.labels.instance === instance);
    return { job, instance, name: known?.labels.nodename || instance };
  });
  return named
    .map((node) => {
      const isTwin = named.some((other) => other !== node && other.name === node.name);
      return isTwin ? { ...node, name: `${node.name} (${node.instance}, ${node.job})` } : node;
    })
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

/** Seconds between scrapes of a machine, as the server is configured. */
export async function scrapeInterval(node: Node, signal: AbortSignal): Promise<Result<number>> {
  const found = await targets({ state: 'active', scrapePool: node.job, signal });
  if (!found.ok) return found;
  const target = found.data.activeTargets.find(({ labels }) => labels.instance === node.instance);
  const seconds = target ? parseDuration(target.scrapeInterval) : null;
  return { ...found, data: seconds ?? fallbackScrapeSeconds };
}
