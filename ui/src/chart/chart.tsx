import './chart.css';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { formatValue } from '../format/units';
import { text } from '../i18n/text';
import { theme } from '../shell/theme';
import { formatDateTime, zone } from '../time/zone';
import { Legend } from './legend';
import { type Calculation, type ChartModel, summarize } from './model';
import { Plot, type PlotState } from './plot';

/**
 * The chart that every page shares, and the only owner of uPlot.
 *
 * `times` and `series` are compared by identity: hand in the same objects and
 * nothing is drawn anew. Series keep their colour, place and visibility across
 * refreshes by their name. Dragging calls `onZoom`, a double click
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
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const announcement = useRef<HTMLDivElement>(null);
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const state: PlotState = {
    ...props,
    mode,
    theme: theme.value,
    zone: zone.value,
    hidden: hidden.value,
    moreText: text.value.chart.more,
    onAnnounce: (words) => {
      if (announcement.current) announcement.current.textContent = words;
    },
  };
  useLayoutEffect(() => {
    plot.current = new Plot(host.current!, state);
    return () => plot.current?.destroy();
  }, []);
  useLayoutEffect(() => {
    plot.current?.update(state);
  });

  const isEmpty = useMemo(() => !series.some(({ values }) => values.some((v) => !Number.isNaN(v))), [series]);
  const label = useMemo(() => describe(title, props), [title, series, times, unit, text.value, zone.value]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (direction !== 0 && plot.current?.moveCursor(direction * (event.shiftKey ? 10 : 1)))
      event.preventDefault();
    if (event.key === 'Escape') plot.current?.clearCursor();
  };
  return (
    <div class="chart">
      <div
        class="chart-plot"
        style={{ height: `${height}px` }}
        ref={host}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair
        tabIndex={0}
        aria-label={label}
        aria-busy={loading ?? false}
        onKeyDown={onKeyDown}
        onBlur={() => plot.current?.clearCursor()}
      >
        {isEmpty && (
          <div class={loading ? 'chart-empty is-loading' : 'chart-empty'}>
            {!loading && (props.emptyText ?? text.value.chart.noData)}
          </div>
        )}
      </div>
      <div class="visually-hidden" aria-live="polite" ref={announcement} />
      {legend !== 'none' && (
        <div class={`chart-legend is-${legend}`}>
          <Legend
            layout={legend}
            calculations={props.calculations ?? (legend === 'table' ? allCalculations : lastOnly)}
            series={series}
            mode={mode}
            unit={unit}
            decimals={decimals}
            theme={theme.value}
            hidden={hidden.value}
            onHiddenChange={(next) => {
              hidden.value = next;
            }}
            onHighlight={(name) => plot.current?.highlight(name)}
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
