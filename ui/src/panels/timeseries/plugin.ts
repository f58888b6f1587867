import { legendOptions, tooltipOptions } from '../graph-options';
import type { PanelPlugin } from '../plugin';
import { timeSeriesFieldOptions } from './options';
import { TimeSeriesPanel } from './panel';

/** Values over time. */
export const timeSeriesPlugin: PanelPlugin = {
  component: TimeSeriesPanel,
  options: [...tooltipOptions, ...legendOptions],
  fieldOptions: timeSeriesFieldOptions,
  defaults: {
    options: {
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    fieldConfig: {
      color: { mode: 'palette-classic' },
      custom: {
        drawStyle: 'line',
        lineInterpolation: 'linear',
        lineWidth: 1,
        fillOpacity: 10,
        gradientMode: 'none',
        showPoints: 'auto',
        pointSize: 5,
        spanNulls: false,
        stacking: { mode: 'none', group: 'A' },
        axisPlacement: 'auto',
        scaleDistribution: { type: 'linear' },
        thresholdsStyle: { mode: 'off' },
        hideFrom: { legend: false, tooltip: false, viz: false },
      },
    },
  },
};
