import './chart.css';
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { formatValue } from '../format/units';
import { text } from '../i18n/text';
import { theme } from '../shell/theme';
import { formatDateTime, zone } from '../time/zone';
import { chartColors } from './colors';
import { GraphCanvas } from './graph-canvas';
import { Legend, type LegendItem } from './legend';
import { type Calculation, type ChartModel, graphOf, summarize } from './model';
import { seriesColor } from './palette';

/**
 * A simple chart over time: what the pages outside of dashboards need. Panels
 * draw more with the same `GraphCanvas`.
 *
 * `times` and `series` are compared by identity: hand in the same objects and
 * nothing is worked out anew. Series keep their colour, place and visibility
 * across refreshes by their name. Dragging calls `onZoom`, a double click
 * `onZoomOut`; the chart itself never changes what it shows. Charts with the
 * same `crosshairGroup` show each other's cursor.
 */
export type ChartProps = Omit<ChartModel, 'mode'> & {
  /** What the chart is about, for people who cannot see it. */
  title: string;
  mode?: ChartModel['mode'];
  /** Pixels of the plot with its axes, without the legend. */
  height?: number;
  legend?: 'none' | 'list' | 'table';
  /** Columns of the legend. A list shows the last value by default, a table everything. */
  calculations?: readonly Calculation[];
  crosshairGroup?: string;
  /** The first data are on their way. */
  loading?: boolean;
  /** Shown instead of curves when there is not a single value. */
  emptyText?: string;
  onZoom?(startSeconds: number, endSeconds: number): void;
  onZoomOut?(): void;
};

const allCalculations: readonly Calculation[] = ['last', 'min', 'max', 'mean'];
const lastOnly: readonly Calculation[] = ['last'];
const noAnnotations: readonly [] = [];

export function Chart(props: ChartProps) {
  const {
    title,
    mode = 'line',
    height = 200,
    legend = 'list',
    series,
    times,
    unit,
    decimals,
    loading,
  } = props;
  const { window, min, max, thresholds, crosshairGroup, onZoom, onZoomOut } = props;
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const highlight = useRef<(id: string | null) => void>(() => {});
  const graph = useMemo(
    () =>
      graphOf(
        { times, series, unit, decimals, mode, min, max, thresholds },
        theme.value,
        chartColors(theme.value),
      ),
    [times, series, unit, decimals, mode, min, max, thresholds, theme.value],
  );
  const shownWindow = useMemo(() => {
    if (window) return { from: window.startSeconds * 1000, to: window.endSeconds * 1000 };
    const first = times[0] ?? Date.now() / 1000 - 3600;
    const last = times.at(-1) ?? first + 3600;
    return last > first
      ? { from: first * 1000, to: last * 1000 }
      : { from: first * 1000 - 1000, to: first * 1000 + 1000 };
  }, [window?.startSeconds, window?.endSeconds, times]);
  const isEmpty = useMemo(() => !series.some(({ values }) => values.some((v) => !Number.isNaN(v))), [series]);
  const label = useMemo(() => describe(title, props), [title, series, times, unit, text.value, zone.value]);
  const calculations = props.calculations ?? (legend === 'table' ? allCalculations : lastOnly);
  const items = useMemo((): LegendItem[] => {
    if (legend === 'none') return [];
    const entries = series.map(({ name, color, reference, values }, index): LegendItem => {
      const summary = summarize(values);
      const chosen = color ?? index;
      return {
        id: name,
        label: name,
        color: typeof chosen === 'number' ? seriesColor(chosen, theme.value) : chosen,
        isDashed: reference,
        values: calculations.map((id) => ({
          id,
          title: text.value.chart[id],
          text: formatValue(summary[id], unit, decimals),
          number: summary[id],
        })),
      };
    });
    // A stack is read from its top.
    return mode === 'stacked' && legend === 'list' ? entries.reverse() : entries;
  }, [series, legend, calculations.join(), unit, decimals, mode, theme.value, text.value]);
  return (
    <div class="chart">
      <GraphCanvas
        label={label}
        height={height}
        isBusy={loading ?? false}
        emptyText={isEmpty ? (loading ? '' : (props.emptyText ?? text.value.chart.noData)) : null}
        highlight={highlight}
        state={{
          graph,
          window: shownWindow,
          annotations: noAnnotations,
          hidden: hidden.value,
          theme: theme.value,
          zone: zone.value,
          tooltip: { mode: 'multi', sort: 'desc', hidesZeros: false },
          crosshair: crosshairGroup ? { group: crosshairGroup, mode: 'crosshair' } : undefined,
          moreText: text.value.chart.more,
          onZoom: onZoom && ((from, to) => onZoom(from / 1000, to / 1000)),
          onZoomOut,
        }}
      />
      {legend !== 'none' && (
        <div class={`chart-legend is-${legend}`}>
          <Legend
            layout={legend}
            items={items}
            hidden={hidden.value}
            onHiddenChange={(next) => {
              hidden.value = next;
            }}
            onHighlight={(name) => highlight.current(name)}
          />
        </div>
      )}
    </div>
  );
}

function describe(title: string, { series, times, unit, decimals }: ChartProps): string {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || series.length === 0) {
    return `${title}: ${text.value.chart.noData}`;
  }
  const range = `${formatDateTime(first)} – ${formatDateTime(last)}`;
  const values = series
    .slice(0, 5)
    .map(({ name, values }) => `${name} ${formatValue(summarize(values).last, unit, decimals)}`);
  return `${text.value.chart.summary(title, series.length, range)} ${values.join(', ')}`;
}
