import { expect, test } from 'vitest';
import { insertFilters } from './insert-filters';

const filters = [
  { key: 'job', operator: '=', value: 'a"b' },
  { key: 'env', operator: '!~', value: 'd.*' },
];
const own = 'job="a\\"b", env!~"d.*"';

test.each([
  ['up', `up{${own}}`],
  ['up{}', `up{${own}}`],
  ['up{instance="x"}', `up{instance="x", ${own}}`],
  ['up{instance="}",}', `up{instance="}",${own}}`],
  ['{__name__="up"}', `{__name__="up", ${own}}`],
  [
    'sum by (job) (rate(x_total{a="b"}[5m] offset 1h)) / on () up',
    `sum by (job) (rate(x_total{a="b", ${own}}[5m] offset 1h)) / on () up{${own}}`,
  ],
  ['vector(1)', 'vector(1)'],
  ['"up{}"', '"up{}"'],
])('%s', (expr, wanted) => {
  expect(insertFilters(expr, filters)).toBe(wanted);
});

test('nothing to filter by', () => {
  expect(insertFilters('up', [])).toBe('up');
});
