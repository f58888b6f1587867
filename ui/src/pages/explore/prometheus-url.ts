import { formatDuration, parseDuration } from '../../time/duration';
import { absoluteRange } from '../../time/range';
import { type Drawing, type ExploreState, emptyState, newQuery, type QuerySpec, writeState } from './state';

/**
 * Translates the query string of Prometheus's own query page (`g0.expr=…`),
 * old or new, into ours; `null` when it is not one. There every panel has its
 * own range, here they share one: the first panel's counts.
 */
export function fromPrometheusURL(params: URLSearchParams): URLSearchParams | null {
  if (!params.has('g0.expr')) return null;
  const queries: QuerySpec[] = [];
  for (let i = 0; params.has(`g${i}.expr`); i++) queries.push(readPanel(params, i));

  const end = parseUTC(params.get('g0.end_input') ?? params.get('g0.moment_input'));
  const rangeSeconds = parseDuration(params.get('g0.range_input') ?? '') || 3600;
  const state: ExploreState = {
    ...emptyState,
    queries,
    stepSeconds: readStep(params),
  };

  const translated = new URLSearchParams();
  for (const [name, value] of Object.entries(writeState(state, translated))) {
    if (value !== null) translated.append(name, value);
  }
  if (end !== null) {
    const { from, to } = absoluteRange(end - rangeSeconds, end);
    translated.append('from', from);
    translated.append('to', to);
  } else if (rangeSeconds !== 3600) {
    translated.append('from', `now-${relativeDuration(rangeSeconds)}`);
    translated.append('to', 'now');
  }
  for (const [name, value] of params) if (!/^g\d+\./.test(name)) translated.append(name, value);
  return translated;
}

function readPanel(params: URLSearchParams, index: number): QuerySpec {
  const get = (name: string) => params.get(`g${index}.${name}`);
  const tab = get('tab');
  return {
    ...newQuery,
    expr: get('expr') ?? '',
    tab: tab === '0' || tab === 'graph' ? 'graph' : 'table',
    drawing: readDrawing(get('display_mode'), get('stacked')),
  };
}

function readDrawing(mode: string | null, stacked: string | null): Drawing {
  if (mode === 'stacked' || (mode === null && stacked === '1')) return 'stacked';
  return mode === 'heatmap' ? 'heatmap' : 'lines';
}

function readStep(params: URLSearchParams): number | null {
  const type = params.get('g0.res_type');
  if (type === 'auto') return null;
  const seconds = Number(params.get(type === null ? 'g0.step_input' : 'g0.res_step') ?? Number.NaN);
  return seconds > 0 ? seconds : null;
}

/** Prometheus writes `2026-01-31 14:05:09` or `2026-01-31 14:05`, in UTC. */
function parseUTC(text: string | null): number | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?/.exec(text ?? '');
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(year!, month! - 1, day!, hour, minute, second) / 1000;
}

/** A duration in the one unit that `now-…` takes. */
function relativeDuration(seconds: number): string {
  const whole = formatDuration(seconds);
  return /^\d+[dhms]$/.test(whole) ? whole : `${Math.round(seconds)}s`;
}
