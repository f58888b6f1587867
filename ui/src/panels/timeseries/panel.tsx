import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { GraphCanvas } from '../../chart/graph-canvas';
import type { GraphSeries, GraphState, TooltipAction, TooltipOptions } from '../../chart/graph-model';
import type { LegendItem } from '../../chart/legend';
import { text } from '../../i18n/text';
import { theme } from '../../shell/theme';
import { linksOf } from '../data-links';
import { GraphLayout, type LegendOptions, lazyItem, legendLayout, legendValues } from '../graph-legend';
import type { PanelProps } from '../plugin';
import { customOf } from './custom';
import { describeGraph, emptyTextOf, tooltipOf } from './describe';
import { type Source, type TimeSeriesGraph, timeSeriesGraph } from './series';

type Options = { legend?: LegendOptions; tooltip?: Parameters<typeof tooltipOf>[0] };

const noCalcs: readonly string[] = [];

export function TimeSeriesPanel(props: PanelProps) {
  const { panel, frames, loading, window, timeZone, width, height, annotations, crosshair, context } = props;
  const options = (panel.options ?? {}) as Options;
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const highlight = useRef<(id: string | null) => void>(() => {});
  const made = useMemo(
    () => timeSeriesGraph(frames, { theme: theme.value, timeZone }),
    [frames, theme.value, timeZone],
  );
  const calcs = options.legend?.calcs ?? noCalcs;
  const items = useMemo(
    () => (legendLayout(options.legend) ? legendItems(made, calcs, timeZone) : []),
    [made, calcs.join(), legendLayout(options.legend), timeZone, text.value],
  );
  const tooltip = useMemo((): TooltipOptions => tooltipOf(options.tooltip), [options.tooltip]);
  const title = context.interpolate(panel.title ?? '');
  const label = useMemo(
    () => describeGraph(title, made.graph, window, timeZone),
    [made, title, window, timeZone],
  );
  const empty = emptyTextOf(made, window, panel.fieldConfig?.defaults.noValue);
  const { zoomTo, zoomOut, annotate, addFilter } = context;
  const state: Omit<GraphState, 'onAnnounce'> = {
    graph: made.graph,
    window,
    annotations,
    hidden: hidden.value,
    theme: theme.value,
    zone: timeZone,
    tooltip,
    crosshair,
    moreText: text.value.chart.more,
    onZoom: zoomTo && ((from, to) => zoomTo({ from: Math.round(from), to: Math.round(to) })),
    onZoomOut: zoomOut && (() => zoomOut()),
    onAnnotate: annotate && ((from, to) => annotate({ from, to })),
    actionsFor: (series, index) => {
      const source = made.sources[made.graph.series.indexOf(series)];
      return source ? actionsOf(source, index, timeZone, props, addFilter) : [];
    },
  };
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
      onHighlight={(id) => highlight.current(id)}
    >
      <GraphCanvas
        label={label}
        isBusy={loading}
        emptyText={empty && (loading ? '' : empty.text)}
        emptyAction={
          empty?.window && zoomTo
            ? { text: text.value.chart.zoomToData, act: () => zoomTo(empty.window!) }
            : undefined
        }
        highlight={highlight}
        state={state}
      />
    </GraphLayout>
  );
}

function legendItems(
  { graph, sources }: TimeSeriesGraph,
  calcs: readonly string[],
  timeZone: string,
): LegendItem[] {
  const items: LegendItem[] = [];
  graph.series.forEach((series: GraphSeries, index) => {
    const { field } = sources[index]!;
    if (customOf(field.config).hideFrom?.legend) return;
    const item = {
      id: series.id,
      label: series.label,
      color: series.color,
      isDashed: series.style.dash.length > 0,
      isRight: graph.scales.length > 1 && graph.scales[series.scale]!.axis?.side === 'right',
    };
    const shown = { timeZone, theme: theme.value };
    items.push(lazyItem(item, () => legendValues(field, calcs, shown)));
  });
  return items;
}

function actionsOf(
  { field, frame, rows }: Source,
  index: number,
  timeZone: string,
  { context }: PanelProps,
  addFilter: PanelProps['context']['addFilter'],
): TooltipAction[] {
  const row = rows ? rows[index]! : index;
  const links = linksOf(field, frame, row, context, { timeZone, theme: theme.value });
  const actions: TooltipAction[] = [...links];
  if (!addFilter || !field.config.filterable) return actions;
  for (const [key, value] of Object.entries(field.labels ?? {})) {
    actions.push({ text: text.value.chart.filterFor(key, value), act: () => addFilter(key, value, '=') });
    actions.push({ text: text.value.chart.filterOut(key, value), act: () => addFilter(key, value, '!=') });
  }
  return actions;
}
