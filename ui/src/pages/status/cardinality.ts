import type { Count } from '../../api/types';

export type Bar = Count & {
  /** Of the longest bar, 0 to 1. */
  length: number;
  /** Of the total, 0 to 1; `null` where there is no total to compare with. */
  share: number | null;
};

export function bars(counts: readonly Count[] | null, total: number | null): Bar[] {
  const longest = Math.max(1, ...(counts ?? []).map(({ value }) => value));
  return (counts ?? []).map(({ name, value }) => ({
    name,
    value,
    length: value / longest,
    share: total ? value / total : null,
  }));
}

/** What of a metric has many series: how they spread over targets. */
export function metricQuery(metric: string): string {
  return `topk(20, count by (job, instance) ({__name__=${JSON.stringify(metric)}}))`;
}

/** Which values of a label have the most series. */
export function labelQuery(label: string): string {
  const name = quoteName(label);
  return `topk(20, count by (${name}) ({${name}!=""}))`;
}

/** Which metrics carry `label=value`, as the server writes pairs. */
export function pairQuery(pair: string): string {
  const at = pair.indexOf('=');
  const [label, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  return `topk(20, count by (__name__) ({${quoteName(label)}=${JSON.stringify(value)}}))`;
}

/** Names beyond the classic alphabet are quoted in PromQL. */
function quoteName(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label);
}
