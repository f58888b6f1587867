import type { PanelPlugin } from '../plugin';
import { heatmapFieldOptions, heatmapOptions } from './options';
import { HeatmapPanel } from './panel';

/** How often values fall where, over time. */
export const heatmapPlugin: PanelPlugin = {
  component: HeatmapPanel,
  options: heatmapOptions,
  fieldOptions: heatmapFieldOptions,
  hiddenStandardOptions: ['color', 'thresholds', 'mappings', 'unit', 'decimals', 'min', 'max'],
  defaults: {
    options: {
      calculate: false,
      color: {
        mode: 'scheme',
        scheme: 'Oranges',
        fill: 'dark-orange',
        scale: 'exponential',
        exponent: 0.5,
        steps: 64,
      },
      cellGap: 1,
      filterValues: { le: 1e-9 },
      rowsFrame: { layout: 'auto' },
      yAxis: { axisPlacement: 'left', reverse: false },
      tooltip: { mode: 'single', yHistogram: false },
      legend: { show: true },
      showValue: 'never',
    },
    fieldConfig: {
      custom: {
        scaleDistribution: { type: 'linear' },
        hideFrom: { legend: false, tooltip: false, viz: false },
      },
    },
  },
};
