import { labelNames, labelValues, queryRange, series } from '../../api/prometheus';
import { fillVariables } from '../../editor/variables';
import type { TimeWindow } from '../../time/range';
import { nearestNames } from './nearest';
import { type Matcher, parseQuery, type SelectorNode, selectorsOf, selectorText } from './syntax-tree';

/** Why a result is empty, as far as names, labels and times tell. */
export type EmptyReason =
  | { kind: 'no-metric'; name: string; nearest: string[] }
  | { kind: 'no-metrics' }
  | { kind: 'no-label'; label: string; metric: string; nearest: string[] }
  | { kind: 'no-value'; label: string; value: string; metric: string; nearest: string[]; values: string[] }
  | { kind: 'no-match'; selector: string }
  | { kind: 'out-of-range'; selector: string; lastSeenSeconds: number | null }
  | { kind: 'filtered' };

const lookBackSeconds = 30 * 86400;
const lookBackSteps = 720;
const maxSelectors = 3;

/** Looks for the reasons, selector by selector; the first that explains an empty selector counts. */
export async function explainEmpty(
  expr: string,
  window: TimeWindow,
  nowSeconds: number,
  signal: AbortSignal,
): Promise<EmptyReason[]> {
  const plain = fillVariables(expr, { interval: 60, rate_interval: 240, range: 3600 });
  const parsed = await parseQuery(plain, signal);
  if (!parsed.ok) return [];
  const selectors = selectorsOf(parsed.data).slice(0, maxSelectors);
  const reasons: EmptyReason[] = [];
  for (const selector of selectors) {
    const reason = await explainSelector(selector, window, nowSeconds, signal);
    if (reason) reasons.push(reason);
  }
  if (reasons.length === 0 && selectors.length > 0) reasons.push({ kind: 'filtered' });
  return reasons;
}

async function explainSelector(
  node: SelectorNode,
  window: TimeWindow,
  nowSeconds: number,
  signal: AbortSignal,
): Promise<EmptyReason | null> {
  const selector = selectorText(node);
  const names = await labelValues('__name__', { signal });
  if (!names.ok) return null;
  if (names.data.length === 0) return { kind: 'no-metrics' };
  if (node.name && !names.data.includes(node.name)) {
    return { kind: 'no-metric', name: node.name, nearest: nearestNames(node.name, names.data, 4) };
  }
  const matching = await series({ match: [selector], limit: 1, signal });
  if (!matching.ok) return null;
  if (matching.data.length === 0) return explainMatchers(node, selector, signal);
  const inRange = await series({
    match: [selector],
    limit: 1,
    ...shifted(window, node.offset / 1000),
    signal,
  });
  if (!inRange.ok || inRange.data.length > 0) return null;
  return { kind: 'out-of-range', selector, lastSeenSeconds: await lastSeen(selector, nowSeconds, signal) };
}

function shifted({ startSeconds, endSeconds }: TimeWindow, bySeconds: number): TimeWindow {
  return { startSeconds: startSeconds - bySeconds, endSeconds: endSeconds - bySeconds };
}

/** Which matcher no series passes even alone. */
async function explainMatchers(
  { name, matchers }: SelectorNode,
  selector: string,
  signal: AbortSignal,
): Promise<EmptyReason | null> {
  const match = name ? [`{__name__=${JSON.stringify(name)}}`] : undefined;
  for (const matcher of matchers) {
    if (matcher.name === '__name__' || matcher.type === '!=' || matcher.type === '!~') continue;
    const values = await labelValues(matcher.name, { match, signal });
    if (!values.ok) return null;
    if (values.data.length === 0) {
      const known = await labelNames({ match, signal });
      const nearest = known.ok ? nearestNames(matcher.name, known.data, 4) : [];
      return { kind: 'no-label', label: matcher.name, metric: name, nearest };
    }
    if (!values.data.some((value) => passes(matcher, value))) {
      return {
        kind: 'no-value',
        label: matcher.name,
        value: matcher.value,
        metric: name,
        nearest: matcher.type === '=' ? nearestNames(matcher.value, values.data, 3) : [],
        values: values.data.slice(0, 8),
      };
    }
  }
  return { kind: 'no-match', selector };
}

function passes({ type, value }: Matcher, candidate: string): boolean {
  if (type === '=') return candidate === value;
  try {
    return new RegExp(`^(?:${value})$`, 's').test(candidate);
  } catch {
    // The server's syntax differs in places; what cannot be tried counts as passing.
    return true;
  }
}

/** When a selector last had samples, to the hour, within a month. */
async function lastSeen(selector: string, nowSeconds: number, signal: AbortSignal): Promise<number | null> {
  const stepSeconds = lookBackSeconds / lookBackSteps;
  const end = Math.ceil(nowSeconds / stepSeconds) * stepSeconds;
  const found = await queryRange({
    query: `count(last_over_time(${selector}[${stepSeconds}s]))`,
    startSeconds: end - lookBackSeconds,
    endSeconds: end,
    stepSeconds,
    signal,
  });
  if (!found.ok) return null;
  const { times, series: counts } = found.data;
  const last = counts[0]?.values.findLastIndex((value) => !Number.isNaN(value)) ?? -1;
  return last < 0 ? null : Math.min(times[last]!, nowSeconds);
}
