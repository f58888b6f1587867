import type { PanelKind } from './plugin';

/** Kinds that show values, tables, texts and lists. */
export const valueKinds: readonly PanelKind[] = [
  {
    type: 'stat',
    name: ['Stat', '통계'],
    icon: 'cardinality',
    load: async () => (await import('./stat/plugin')).plugin,
  },
  {
    type: 'gauge',
    name: ['Gauge', '게이지'],
    icon: 'runtime',
    load: async () => (await import('./gauge/plugin')).plugin,
  },
  {
    type: 'bargauge',
    name: ['Bar gauge', '막대 게이지'],
    icon: 'cardinality',
    load: async () => (await import('./bargauge/plugin')).plugin,
  },
  {
    type: 'table',
    name: ['Table', '표'],
    icon: 'sidebar',
    load: async () => (await import('./table/plugin')).plugin,
  },
];
