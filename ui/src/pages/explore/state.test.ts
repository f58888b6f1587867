import { expect, test } from 'vitest';
import { fromPrometheusURL } from './prometheus-url';
import { type ExploreState, emptyState, newQuery, readState, writeState } from './state';

function encode(state: ExploreState, current = new URLSearchParams()): string {
  const next = new URLSearchParams(current);
  for (const [name, value] of Object.entries(writeState(state, current))) {
    next.delete(name);
    if (value !== null) next.append(name, value);
  }
  return next.toString();
}

test('an empty page has an empty query string', () => {
  expect(encode(emptyState)).toBe('');
  expect(readState(new URLSearchParams())).toEqual(emptyState);
});

test('state survives the way through the URL', () => {
  const states: ExploreState[] = [
    { ...emptyState, queries: [{ ...newQuery, expr: 'sum by (a, b) (rate(x{y=~"a|b+"}[5m])) > 1 # &=?' }] },
    {
      queries: [
        { expr: 'up', enabled: false, tab: 'both', drawing: 'stacked', unit: 'bytes', legend: '{{job}} %' },
        { ...newQuery, expr: '', tab: 'table' },
        { ...newQuery, expr: 'time()', drawing: 'heatmap' },
      ],
      stepSeconds: 90,
      tableTimeSeconds: 1769868309.5,
      combined: true,
    },
  ];
  for (const state of states) expect(readState(new URLSearchParams(encode(state)))).toEqual(state);
});

test('removed queries leave nothing behind, and other parameters stay', () => {
  const before = new URLSearchParams('expr=a&expr.1=b&tab.1=table&off.1=1&from=now-6h&to=now&step=5s');
  expect(encode({ ...emptyState, queries: [{ ...newQuery, expr: 'a' }] }, before)).toBe(
    'from=now-6h&to=now&expr=a',
  );
});

test('nonsense in the URL falls back to defaults', () => {
  const state = readState(new URLSearchParams('expr=a&tab=pie&draw=&step=x&time=y&combined=maybe'));
  expect(state).toEqual({ ...emptyState, queries: [{ ...newQuery, expr: 'a' }] });
});

test.each([
  ['g0.expr=up&g0.tab=0&g0.range_input=1h', 'expr=up'],
  ['g0.expr=up&g0.tab=1', 'expr=up&tab=table'],
  ['g0.expr=up', 'expr=up&tab=table'],
  [
    'g0.expr=a&g0.tab=graph&g0.range_input=2d&g0.display_mode=stacked&g1.expr=b&g1.tab=table',
    'expr=a&draw=stacked&expr.1=b&tab.1=table&from=now-2d&to=now',
  ],
  [
    'g0.expr=a&g0.tab=0&g0.stacked=1&g0.range_input=1h30m&g0.step_input=15',
    'expr=a&draw=stacked&step=15s&from=now-5400s&to=now',
  ],
  [
    'g0.expr=a&g0.tab=0&g0.range_input=30m&g0.end_input=2026-01-31%2014:05:09&g0.res_type=fixed&g0.res_step=60&refresh=5s',
    'expr=a&step=1m&from=1769866509000&to=1769868309000&refresh=5s',
  ],
  ['g0.expr=a&g0.tab=0&g0.res_type=auto&g0.res_density=high&g0.step_input=7', 'expr=a'],
])("Prometheus's %s is ours %s", (theirs, ours) => {
  expect(fromPrometheusURL(new URLSearchParams(theirs))?.toString()).toBe(
    new URLSearchParams(ours).toString(),
  );
});

test('our own URLs are not translated', () => {
  expect(fromPrometheusURL(new URLSearchParams('expr=up'))).toBeNull();
});
