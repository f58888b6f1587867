import { useMemo } from 'preact/hooks';
import type { LegendItem } from '../../chart/legend';
import { formatTicks } from '../../format/units';
import { displayOf, displayText, seriesColor } from '../../frame/display';
import type { NumberField } from '../../frame/frame';
import { displayName } from '../../frame/names';
import { theme } from '../../shell/theme';
import type { BarLayout, BarModel } from '../bars/model';
import { BarsPanel } from '../bars/panel';
import { text } from '../bars/text';
import { type LegendOptions, legendLayout, legendValues } from '../graph-legend';
import { ScaleSet } from '../graph-scales';
import type { PanelProps } from '../plugin';
import { customOf } from '../timeseries/custom';
import { tooltipOf } from '../timeseries/describe';
import { bucketsOf, type HistogramOptions } from './buckets';

type Options = HistogramOptions & { legend?: LegendOptions; tooltip?: Parameters<typeof tooltipOf>[0] };

export function HistogramPanel(props: PanelProps) {
  const { panel, frames, timeZone } = props;
  const options = (panel.options ?? {}) as Options;
  const shown = useMemo(() => ({ theme: theme.value, timeZone }), [theme.value, timeZone]);
  const buckets = useMemo(() => bucketsOf(frames, options), [frames, panel.options]);
  const stacking = customOf(panel.fieldConfig?.defaults ?? {}).stacking?.mode;
  const layout: BarLayout =
    stacking === 'normal' ? 'stacked' : stacking === 'percent' ? 'percent' : 'overlapped';
  const isCombined = options.combine === true && buckets !== null;
  const model = useMemo((): BarModel => {
    const scales = new ScaleSet(shown);
    if (!buckets) return { categories: [], series: [], scales: [], thresholds: [] };
    const unit = buckets.counts[0]?.field.config.unit ?? 'short';
    const edges = formatTicks([...buckets.edges], unit, buckets.counts[0]?.field.config.decimals);
    const series = buckets.counts.map(({ field, values }) => {
      const custom = customOf(field.config);
      const label = isCombined ? text.value.combined : displayName(field);
      // What is counted has no unit, whatever unit the values have.
      const counted: NumberField = {
        ...field,
        values,
        state: undefined,
        config: { custom: { ...custom, drawStyle: 'bars' }, unit: 'short' },
      };
      const display = displayOf(counted, shown);
      return {
        id: label,
        label,
        color: seriesColor(field, shown.theme),
        scale: scales.indexFor(counted),
        values,
        fillOpacity: (custom.fillOpacity ?? 80) / 100,
        lineWidth: custom.lineWidth ?? 1,
        gradient: custom.gradientMode ?? ('none' as const),
        isInTooltip: custom.hideFrom?.tooltip !== true,
        format: (value: number) => displayText(display(value)),
        actionsAt: () => [],
      };
    });
    const categories = edges.slice(0, -1).map((edge, index) => `${edge} – ${edges[index + 1]}`);
    return { categories, edges, series, scales: scales.scales, thresholds: [] };
  }, [buckets, shown, isCombined, text.value]);
  const items = useMemo((): LegendItem[] => {
    if (!buckets || !legendLayout(options.legend)) return [];
    return model.series.map(({ id, label, color }, index) => ({
      id,
      label,
      color,
      values: legendValues(buckets.counts[index]!.field, options.legend?.calcs ?? [], shown),
    }));
  }, [model, buckets, options.legend, shown]);
  const tooltip = useMemo(() => tooltipOf(options.tooltip), [options.tooltip]);
  const drawing = useMemo(
    () => ({
      layout,
      isHorizontal: false,
      groupWidth: 1,
      barWidth: 1,
      radius: 0,
      labelRotation: 0,
      labelMaxLength: 0,
      labelSpacing: 0,
      showValue: 'never' as const,
    }),
    [layout],
  );
  return (
    <BarsPanel
      {...props}
      model={model}
      items={items}
      legend={options.legend}
      tooltip={tooltip}
      drawing={drawing}
    />
  );
}
