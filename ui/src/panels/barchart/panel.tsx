import { useMemo } from 'preact/hooks';
import type { LegendItem } from '../../chart/legend';
import { theme } from '../../shell/theme';
import type { BarLayout } from '../bars/model';
import { BarsPanel } from '../bars/panel';
import { linksOf } from '../data-links';
import { type LegendOptions, legendLayout, legendValues } from '../graph-legend';
import type { PanelProps } from '../plugin';
import { customOf } from '../timeseries/custom';
import { tooltipOf } from '../timeseries/describe';
import { barChartModel } from './data';

type Options = {
  xField?: string;
  orientation?: 'auto' | 'vertical' | 'horizontal';
  xTickLabelRotation?: number;
  xTickLabelMaxLength?: number;
  xTickLabelSpacing?: number;
  showValue?: 'auto' | 'always' | 'never';
  stacking?: 'none' | 'normal' | 'percent';
  groupWidth?: number;
  barWidth?: number;
  barRadius?: number;
  colorByField?: string;
  text?: { valueSize?: number };
  legend?: LegendOptions;
  tooltip?: Parameters<typeof tooltipOf>[0];
};

export function BarChartPanel(props: PanelProps) {
  const { panel, frames, timeZone, width, height, context } = props;
  const options = (panel.options ?? {}) as Options;
  const layout: BarLayout =
    options.stacking === 'normal' ? 'stacked' : options.stacking === 'percent' ? 'percent' : 'grouped';
  const shown = useMemo(() => ({ theme: theme.value, timeZone }), [theme.value, timeZone]);
  const model = useMemo(
    () =>
      barChartModel(
        {
          frames,
          xField: options.xField,
          colorByField: options.colorByField,
          layout,
          actionsFor: (field, frame, row) => linksOf(field, frame, row, context, shown),
        },
        shown,
      ),
    [frames, panel.options, context, shown],
  );
  const items = useMemo((): LegendItem[] => {
    if (!legendLayout(options.legend)) return [];
    const fields = frames.flatMap(({ fields }) => fields);
    return model.series.flatMap(({ id, label, color }) => {
      const field = fields.find((one) => one.type === 'number' && one.state?.displayName === id);
      if (field && customOf(field.config).hideFrom?.legend) return [];
      return [
        { id, label, color, values: field ? legendValues(field, options.legend?.calcs ?? [], shown) : [] },
      ];
    });
  }, [model, frames, options.legend, shown]);
  const tooltip = useMemo(() => tooltipOf(options.tooltip), [options.tooltip]);
  const isHorizontal =
    options.orientation === 'horizontal' || (options.orientation === 'auto' && width < height);
  const drawing = useMemo(
    () => ({
      layout,
      isHorizontal,
      groupWidth: options.groupWidth ?? 0.7,
      barWidth: options.barWidth ?? 0.97,
      radius: options.barRadius ?? 0,
      labelRotation: options.xTickLabelRotation ?? 0,
      labelMaxLength: options.xTickLabelMaxLength ?? 0,
      labelSpacing: options.xTickLabelSpacing ?? 0,
      showValue: options.showValue ?? 'auto',
      valueSize: options.text?.valueSize,
    }),
    [panel.options, isHorizontal],
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
