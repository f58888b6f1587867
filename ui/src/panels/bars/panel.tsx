import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { TooltipOptions } from '../../chart/graph-model';
import type { LegendItem } from '../../chart/legend';
import { PlotCanvas } from '../../chart/plot-canvas';
import { text as shared } from '../../i18n/text';
import { theme } from '../../shell/theme';
import { GraphLayout, type LegendOptions } from '../graph-legend';
import type { PanelProps } from '../plugin';
import { type BarDrawing, drawBars } from './draw';
import type { BarModel } from './model';
import { text } from './text';

export type BarsPanelProps = PanelProps & {
  model: BarModel;
  items: readonly LegendItem[];
  legend: LegendOptions | undefined;
  tooltip: TooltipOptions;
  drawing: Omit<BarDrawing, 'model' | 'hidden' | 'highlighted' | 'tooltip'>;
};

/** Bars with their legend: what bar charts and histograms share. */
export function BarsPanel({
  panel,
  loading,
  width,
  height,
  context,
  model,
  items,
  legend,
  tooltip,
  drawing,
}: BarsPanelProps) {
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const highlighted = useSignal<string | null>(null);
  const draw = useMemo(
    () => drawBars({ ...drawing, model, tooltip, hidden: hidden.value, highlighted: highlighted.value }),
    [drawing, model, tooltip, hidden.value, highlighted.value],
  );
  const title = context.interpolate(panel.title ?? '');
  const isEmpty = model.series.every(({ values }) => values.every((value) => Number.isNaN(value)));
  const label = useMemo(() => {
    if (isEmpty) return `${title}: ${shared.value.chart.noData}`;
    const shown = model.categories.slice(0, 8).map((category, index) => {
      const values = model.series.slice(0, 3).map(({ values: own, format }) => format(own[index]!));
      return `${category} ${values.join(' / ')}`;
    });
    return `${text.value.summary(title, model.categories.length, model.series.length)} ${shown.join(', ')}`;
  }, [model, title, isEmpty, text.value]);
  return (
    <GraphLayout
      width={width}
      height={height}
      options={legend}
      items={items}
      hidden={hidden.value}
      onHiddenChange={(next) => {
        hidden.value = next;
      }}
      onHighlight={(id) => {
        highlighted.value = id;
      }}
    >
      <PlotCanvas
        label={label}
        isBusy={loading}
        emptyText={isEmpty ? panel.fieldConfig?.defaults.noValue || shared.value.chart.noData : null}
        state={{ theme: theme.value, draw, hasTooltip: tooltip.mode !== 'none' }}
      />
    </GraphLayout>
  );
}
