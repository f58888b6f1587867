import type { PanelPlugin } from '../plugin';
import { statusHistoryFieldOptions, statusHistoryOptions } from '../states/options';
import { StatesPanel } from '../states/panel';

/** In which state things were, moment for moment. */
export const statusHistoryPlugin: PanelPlugin = {
  component: (props) => <StatesPanel {...props} isPeriodic />,
  options: statusHistoryOptions,
  fieldOptions: statusHistoryFieldOptions,
  defaults: {
    options: {
      showValue: 'auto',
      rowHeight: 0.9,
      colWidth: 0.9,
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'single', sort: 'none' },
    },
    fieldConfig: { color: { mode: 'thresholds' }, custom: { lineWidth: 1, fillOpacity: 70 } },
  },
};
