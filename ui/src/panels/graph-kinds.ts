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
    type: 'heatmap',
    name: ['Heatmap', '히트맵'],
    icon: 'cardinality',
    load: () => import('./heatmap/plugin').then((module) => module.heatmapPlugin),
  },
];
