import { barFieldOptions } from '../barchart/options';
import { hideOptions, legendOptions, stackingOptions, tooltipOptions } from '../graph-options';
import type { PanelPlugin } from '../plugin';
import { HistogramPanel } from './panel';

/** How often values are how large. */
export const histogramPlugin: PanelPlugin = {
  component: HistogramPanel,
  options: [
    {
      path: 'bucketCount',
      name: ['Bucket count', '구간 수'],
      input: 'number',
      min: 0,
      integer: true,
      placeholder: '30',
    },
    { path: 'bucketSize', name: ['Bucket size', '구간 크기'], input: 'number', min: 0, placeholder: 'auto' },
    { path: 'bucketOffset', name: ['Bucket offset', '구간 시작점'], input: 'number', defaultValue: 0 },
    { path: 'combine', name: ['Combine series', '시리즈 합치기'], input: 'switch', defaultValue: false },
    ...legendOptions,
    ...tooltipOptions,
  ],
  fieldOptions: [...stackingOptions, ...barFieldOptions, ...hideOptions],
  defaults: {
    options: {
      bucketOffset: 0,
      combine: false,
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'multi', sort: 'none' },
    },
    fieldConfig: {
      color: { mode: 'palette-classic' },
      custom: { lineWidth: 1, fillOpacity: 80, gradientMode: 'none', stacking: { mode: 'none', group: 'A' } },
    },
  },
};
