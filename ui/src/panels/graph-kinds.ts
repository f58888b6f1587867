import type { PanelKind } from './plugin';

/** Kinds that draw curves, bars and cells over an axis. */
export const graphKinds: readonly PanelKind[] = [
  {
    type: 'timeseries',
    name: ['Time series', '시계열'],
    icon: 'explore',
    load: () => import('./timeseries/plugin').then((module) => module.timeSeriesPlugin),
  },
  {
    type: 'barchart',
    name: ['Bar chart', '막대 차트'],
    icon: 'cardinality',
    load: () => import('./barchart/plugin').then((module) => module.barChartPlugin),
  },
  {
    type: 'histogram',
    name: ['Histogram', '히스토그램'],
    icon: 'cardinality',
    load: () => import('./histogram/plugin').then((module) => module.histogramPlugin),
  },
  {
    type: 'heatmap',
    name: ['Heatmap', '히트맵'],
    icon: 'cardinality',
    load: () => import('./heatmap/plugin').then((module) => module.heatmapPlugin),
  },
  {
    type: 'state-timeline',
    name: ['State timeline', '상태 타임라인'],
    icon: 'flags',
    load: () => import('./state-timeline/plugin').then((module) => module.stateTimelinePlugin),
  },
  {
    type: 'status-history',
    name: ['Status history', '상태 이력'],
    icon: 'discovery',
    load: () => import('./status-history/plugin').then((module) => module.statusHistoryPlugin),
  },
];
