import type { PanelPlugin } from '../plugin';
import { barChartFieldOptions, barChartOptions } from './options';
import { BarChartPanel } from './panel';

/** Values of things that have names. */
export const barChartPlugin: PanelPlugin = {
  component: BarChartPanel,
  options: barChartOptions,
  fieldOptions: barChartFieldOptions,
  defaults: {
    options: {
      orientation: 'auto',
      xTickLabelRotation: 0,
      showValue: 'auto',
      stacking: 'none',
      groupWidth: 0.7,
      barWidth: 0.97,
      barRadius: 0,
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    },
    fieldConfig: {
      color: { mode: 'palette-classic' },
      custom: { lineWidth: 1, fillOpacity: 80, gradientMode: 'none' },
    },
  },
};
