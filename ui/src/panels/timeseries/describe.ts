import type { Graph, TooltipOptions } from '../../chart/graph-model';
import { text } from '../../i18n/text';
import { formatDateTime } from '../../time/zone';
import type { PanelWindow } from '../plugin';
import type { TimeSeriesGraph } from './series';

/** A graph in words, for people who cannot see it. */
export function describeGraph(
  title: string,
  { series }: Graph,
  window: PanelWindow,
  timeZone: string,
): string {
  const shown = series.filter(({ isInvisible }) => !isInvisible);
  if (shown.length === 0) return `${title}: ${text.value.chart.noData}`;
  const range = `${formatDateTime(window.from / 1000, timeZone)} – ${formatDateTime(window.to / 1000, timeZone)}`;
  const values = shown.slice(0, 5).map(({ label, values, format }) => {
    const last = values.findLast((value) => !Number.isNaN(value));
    return last === undefined ? label : `${label} ${format(last)}`;
  });
  return `${text.value.chart.summary(title, shown.length, range)} ${values.join(', ')}`;
}

/** Why nothing is drawn, and the window in which something would be; `null` where something is. */
export function emptyTextOf(
  { graph, hasTime, hasNumber }: TimeSeriesGraph,
  { from, to }: PanelWindow,
  noValue: string | undefined,
): { text: string; window?: PanelWindow } | null {
  const { series } = graph;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { times, values } of series) {
    if (times.length === 0 || !values.some((value) => !Number.isNaN(value))) continue;
    first = Math.min(first, times[0]!);
    last = Math.max(last, times[times.length - 1]!);
  }
  if (first > last) {
    if (hasNumber && !hasTime) return { text: text.value.chart.noTime };
    if (hasTime && !hasNumber) return { text: text.value.chart.noNumber };
    return { text: noValue || text.value.chart.noData };
  }
  if (last >= from && first <= to) return null;
  return { text: text.value.chart.outside, window: { from: first, to: Math.max(last, first + 1000) } };
}

/** `options.tooltip` of panels. */
export function tooltipOf(
  options:
    | { mode?: string; sort?: string; hideZeros?: boolean; maxWidth?: number; maxHeight?: number }
    | undefined,
): TooltipOptions {
  const { mode = 'single', sort = 'none', hideZeros = false, maxWidth, maxHeight } = options ?? {};
  return {
    mode: mode === 'multi' || mode === 'none' ? mode : 'single',
    sort: sort === 'asc' || sort === 'desc' ? sort : 'none',
    hidesZeros: hideZeros,
    maxWidth,
    maxHeight,
  };
}
