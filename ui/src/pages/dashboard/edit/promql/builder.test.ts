import { parser } from '@prometheus-io/lezer-promql';
import { expect, test } from 'vitest';
import { maskQuery } from './mask';
import { emptyQuery, newOperation, operationDefinition, operationDefinitions, withOperation } from './model';
import { parseQuery } from './parse';
import { printQuery } from './print';

/** The query, read and written again. */
function again(expr: string): string {
  const parsed = parseQuery(expr);
  return parsed.ok ? printQuery(parsed.query) : `${parsed.why.reason}: ${parsed.why.part}`;
}

test.each([
  'up',
  'up{job="a", instance=~"b.*"}',
  '{job="a"}',
  '{"a.b", "c.d"="e"}',
  'rate(http_requests_total{job=~"$job"}[$__rate_interval])',
  'sum by (job, pod) (rate(a{b!="c"}[5m]))',
  'sum(up)',
  'sum without (le) (up)',
  'histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])))',
  'topk(5, sum by (pod) (rate(a[1m])))',
  'count_values("version", build_info)',
  'quantile_over_time(0.9, a[1h])',
  'clamp(a, 0, 1)',
  'label_replace(up, "a", "$1", "b", "(.*):.*")',
  'rate(a[5m]) * 100',
  'a / b',
  'sum(rate(a[5m])) / sum(rate(b[5m])) * 100 > 5',
  'a / on (x) group_left (y) b',
  '(a + 1) * 2',
  'a * 2 + 1',
  'a > bool b',
  'max_over_time(sum(rate(a[5m]))[1h:])',
  'predict_linear(disk_free[6h], 86400)',
  'up{job="a\\\\d+\\"b"}',
  'topk($n, up)',
  'up > -1',
  `sum by (\${by}) (up)`,
  'a - (b - c)',
])('%s', (expr) => {
  expect(again(expr)).toBe(expr);
});

test.each([
  ['sum (a)', 'sum(a)'],
  ['sum(a) by (x)', 'sum by (x) (a)'],
  ["up{a='b'}", 'up{a="b"}'],
  ['{__name__="up"}', 'up'],
  ['(((up)))', 'up'],
  ['round(up)', 'round(up, 1)'],
])('%s is written as %s', (expr, expected) => {
  expect(again(expr)).toBe(expected);
});

test.each([
  ['rate(a[5m] offset 1h)', 'unsupported: a[5m] offset 1h'],
  ['vector(1)', 'unsupported: vector(…)'],
  ['-up', 'unsupported: -up'],
  ['100 - up', 'unsupported: 100'],
  ['rate(a[5m:1m])', 'unsupported: a[5m:1m]'],
  ['sum(a / b)', 'unsupported: sum(a / b)'],
  ['up # why', 'syntax: # why'],
  ['sum(', 'syntax: '],
])('%s stays with the code editor', (expr, expected) => {
  expect(again(expr)).toBe(expected);
});

test('every operation alone is PromQL, and is read back as itself', () => {
  for (const definition of operationDefinitions) {
    const operation = newOperation(definition);
    const params = operation.params.map((param) => param || 'x');
    const query = withOperation({ ...emptyQuery, metric: 'up' }, { ...operation, params });
    const expr = printQuery(query);
    let isWrong = false;
    parser.parse(maskQuery(expr).text).iterate({
      enter: ({ type }) => {
        isWrong ||= type.isError;
      },
    });
    expect([expr, isWrong]).toEqual([expr, false]);
    const parsed = parseQuery(expr);
    expect(parsed.ok && parsed.query.operations).toEqual([{ ...operation, params }]);
  }
});

test('what reads a range goes to the selector', () => {
  const summed = withOperation({ ...emptyQuery, metric: 'a' }, newOperation(operationDefinition('sum')!));
  const rated = withOperation(summed, newOperation(operationDefinition('rate')!));
  expect(printQuery(rated)).toBe('sum(rate(a[$__rate_interval]))');
});
