import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { LegendItem } from '../../chart/legend';
import { PlotCanvas } from '../../chart/plot-canvas';
import type { PlotState } from '../../chart/plot-view';
import { namedColor } from '../../frame/colors';
import { text as shared } from '../../i18n/text';
import { theme } from '../../shell/theme';
import { formatDateTime } from '../../time/zone';
import { linksOf } from '../data-links';
import { GraphLayout, type LegendOptions, legendLayout } from '../graph-legend';
import type { PanelProps } from '../plugin';
import { tooltipOf } from '../timeseries/describe';
import { drawStates } from './draw';
import { stateRows, statesOf } from './rows';
import { text } from './text';

type Options = {
  mergeValues?: boolean;
  showValue?: 'auto' | 'always' | 'never';
  rowHeight?: number;
  colWidth?: number;
  alignValue?: 'left' | 'center' | 'right';
  legend?: LegendOptions;
  tooltip?: Parameters<typeof tooltipOf>[0];
};

/** States over time: until they change, or one for each moment. */
export function StatesPanel(props: PanelProps & { isPeriodic: boolean }) {
  const { panel, frames, loading, window, timeZone, width, height, crosshair, context, isPeriodic } = props;
  const options = (panel.options ?? {}) as Options;
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const merges = options.mergeValues !== false;
  const rows = useMemo(
    () => stateRows(frames, { merges, isPeriodic, window, timeZone, theme: theme.value }),
    [frames, merges, isPeriodic, window, timeZone, theme.value],
  );
  const showsLegend = legendLayout(options.legend) !== null;
  const items = useMemo(
    (): LegendItem[] =>
      showsLegend
        ? statesOf(rows).map(({ text: state, color }) => ({
            id: state,
            label: state,
            color: namedColor(color, theme.value),
            values: [],
          }))
        : [],
    [rows, showsLegend, theme.value],
  );
  const tooltip = useMemo(() => tooltipOf(options.tooltip), [options.tooltip]);
  const draw = useMemo(
    () =>
      drawStates({
        rows,
        hidden: hidden.value,
        window,
        zone: timeZone,
        showValue: options.showValue ?? 'auto',
        align: isPeriodic ? 'center' : (options.alignValue ?? 'left'),
        rowHeight: options.rowHeight ?? 0.9,
        colWidth: isPeriodic ? (options.colWidth ?? 0.9) : 1,
        tooltip,
        actionsFor: ({ field, frame }, index) =>
          linksOf(field, frame, index, context, { timeZone, theme: theme.value }),
      }),
    [rows, hidden.value, window, timeZone, panel.options, tooltip, context],
  );
  const { zoomTo, zoomOut, annotate } = context;
  const state: PlotState = {
    theme: theme.value,
    draw,
    crosshair,
    hasTooltip: tooltip.mode !== 'none',
    onZoom: zoomTo && ((from, to) => zoomTo({ from: Math.round(from), to: Math.round(to) })),
    onZoomOut: zoomOut && (() => zoomOut()),
    onAnnotate: annotate && ((from, to) => annotate({ from, to })),
  };
  const title = context.interpolate(panel.title ?? '');
  const isEmpty = rows.every(({ segments }) => segments.length === 0);
  const label = useMemo(() => {
    if (isEmpty) return `${title}: ${shared.value.chart.noData}`;
    const range = [window.from, window.to].map((time) => formatDateTime(time / 1000, timeZone)).join(' – ');
    const last = rows.slice(0, 8).map((row) => `${row.label} ${row.segments.at(-1)?.text ?? ''}`);
    return `${text.value.summary(title, rows.length, range)} ${last.join(', ')}`;
  }, [rows, title, window, timeZone, text.value]);
  const hasTime = frames.some(({ fields }) => fields.some(({ type }) => type === 'time'));
  const noData = panel.fieldConfig?.defaults.noValue || shared.value.chart.noData;
  return (
    <GraphLayout
      width={width}
      height={height}
      options={options.legend}
      items={items}
      hidden={hidden.value}
      onHiddenChange={(next) => {
        hidden.value = next;
      }}
      onHighlight={() => {}}
    >
      <PlotCanvas
        label={label}
        isBusy={loading}
        emptyText={isEmpty ? (frames.length > 0 && !hasTime ? shared.value.chart.noTime : noData) : null}
        state={state}
      />
    </GraphLayout>
  );
}
