import type { Graph, GraphSeries, TooltipAction } from '../../chart/graph-model';

/** Bars of one field. */
export type BarSeries = Pick<GraphSeries, 'id' | 'label' | 'color' | 'scale' | 'format'> & {
  /** One for each category; NaN where there is none. */
  values: Float64Array;
  /** For bars with colours of their own. */
  colorAt?(category: number): string;
  fillOpacity: number;
  lineWidth: number;
  gradient: 'none' | 'opacity' | 'hue' | 'scheme';
  isInTooltip: boolean;
  actionsAt(category: number): readonly TooltipAction[];
};

export type BarModel = {
  categories: readonly string[];
  /** Labels between the categories instead of below them: one more than there are categories. */
  edges?: readonly string[];
  series: readonly BarSeries[];
  scales: Graph['scales'];
  thresholds: Graph['thresholds'];
};

export type BarLayout = 'grouped' | 'stacked' | 'percent' | 'overlapped';

/** Where bars begin and end, one array of pairs for each series. */
export type BarEnds = { from: Float64Array; to: Float64Array };

/** Piles bars up where they are stacked; hidden ones take no part. */
export function barEnds(
  series: readonly BarSeries[],
  count: number,
  layout: BarLayout,
  hidden: ReadonlySet<string>,
): BarEnds[] {
  const above = new Float64Array(count);
  const below = new Float64Array(count);
  const totals = new Float64Array(count);
  if (layout === 'percent') {
    for (const { id, values } of series) {
      if (hidden.has(id)) continue;
      for (let i = 0; i < count; i++) totals[i]! += Number.isNaN(values[i]!) ? 0 : Math.abs(values[i]!);
    }
  }
  return series.map(({ id, values }) => {
    const from = new Float64Array(count);
    const to = new Float64Array(count).fill(Number.NaN);
    if (hidden.has(id)) return { from, to };
    for (let i = 0; i < count; i++) {
      const value = layout === 'percent' ? values[i]! / (totals[i] || 1) : values[i]!;
      if (!Number.isFinite(value)) continue;
      if (layout === 'grouped' || layout === 'overlapped') {
        to[i] = value;
        continue;
      }
      const pile = value < 0 ? below : above;
      from[i] = pile[i]!;
      pile[i]! += value;
      to[i] = pile[i]!;
    }
    return { from, to };
  });
}

/** Least and greatest end of the bars on one axis. */
export function barExtent(
  series: readonly BarSeries[],
  ends: readonly BarEnds[],
  scale: number,
): [min: number | null, max: number | null] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  series.forEach((one, index) => {
    if (one.scale !== scale) return;
    for (const value of ends[index]!.to) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  });
  return min > max ? [null, null] : [min, max];
}
