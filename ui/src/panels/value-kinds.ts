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
  {
    type: 'piechart',
    name: ['Pie chart', '원형 차트'],
    icon: 'clock',
    load: async () => (await import('./piechart/plugin')).plugin,
  },
  {
    type: 'grafana-polystat-panel',
    name: ['Polystat', '폴리스탯'],
    icon: 'storage',
    load: async () => (await import('./polystat/plugin')).plugin,
  },
  {
    type: 'logs',
    name: ['Logs', '로그'],
    icon: 'config',
    load: async () => (await import('./logs/plugin')).plugin,
  },
  {
    type: 'text',
    name: ['Text', '텍스트'],
    icon: 'info',
    load: async () => (await import('./text/plugin')).plugin,
  },
  {
    type: 'dashlist',
    name: ['Dashboard list', '대시보드 목록'],
    icon: 'sidebar',
    load: async () => (await import('./dashlist/plugin')).plugin,
  },
  {
    type: 'alertlist',
    name: ['Alert list', '알림 목록'],
    icon: 'warning',
    load: async () => (await import('./alertlist/plugin')).plugin,
  },
];
