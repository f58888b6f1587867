import { expect, test } from 'vitest';
import { fillVariables, maskVariables } from './variables';

const seconds = { interval: 15, rate_interval: 60, range: 3600 };

test.each([
  ['rate(a[$__rate_interval])', 'rate(a[60s])'],
  [`rate(a[\${__interval}]) * $__range_s`, 'rate(a[15s]) * 3600'],
  ['$__interval_ms', '15000'],
  [`$__intervals $__unknown \${__other} $job`, `$__intervals $__unknown \${__other} $job`],
])('%s runs as %s', (expr, expected) => {
  expect(fillVariables(expr, seconds)).toBe(expected);
});

test('steps below a second are milliseconds', () => {
  expect(fillVariables('$__interval', { ...seconds, interval: 0.25 })).toBe('250ms');
});

test('masking keeps every position', () => {
  const expr = `rate(a[$__rate_interval]) / b[\${__range}]`;
  const masked = maskVariables(expr);
  expect(masked).toHaveLength(expr.length);
  expect(masked).toMatch(/^rate\(a\[0*1s\]\) \/ b\[0*1s\]$/);
});
