import type { PanelPlugin } from '../plugin';
import { stateTimelineFieldOptions, stateTimelineOptions } from '../states/options';
import { StatesPanel } from '../states/panel';

/** How long things were in which state. */
export const stateTimelinePlugin: PanelPlugin = {
  component: (props) => <StatesPanel {...props} isPeriodic={false} />,
  options: stateTimelineOptions,
  fieldOptions: stateTimelineFieldOptions,
  defaults: {
    options: {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.9,
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'single', sort: 'none' },
    },
    fieldConfig: {
      color: { mode: 'thresholds' },
      custom: { lineWidth: 0, fillOpacity: 70, spanNulls: false, insertNulls: false },
    },
  },
};
