import { expect, test } from 'vitest';
import { formatTicks, formatValue, splitValue, tickIncrements } from './units';

test.each([
  [0, 'short', '0'],
  [5, 'short', '5'],
  [0.25, 'short', '0.25'],
  [12.345, 'short', '12.3'],
  [1234567, 'short', '1.23 Mil'],
  [-1500, 'short', '−1.5 K'],
  [1024, 'bytes', '1 KiB'],
  [1536, 'bytes', '1.5 KiB'],
  [1500, 'decbytes', '1.5 kB'],
  [125_000_000, 'Bps', '125 MB/s'],
  [42.5, 'percent', '42.5%'],
  [0.425, 'percentunit', '42.5%'],
  [0.0042, 's', '4.2 ms'],
  [59.96, 's', '60 s'],
  [90, 's', '1m 30s'],
  [3599.7, 's', '1h'],
  [90061, 's', '1d 1h'],
  [1500, 'ms', '1.5 s'],
  [90_000, 'ms', '1m 30s'],
  [0, 's', '0 s'],
  [2500, 'reqps', '2.5K req/s'],
  [3, 'apples', '3 apples'],
  [Number.NaN, 'bytes', '–'],
  [null, 'bytes', '–'],
  [Number.POSITIVE_INFINITY, 's', '∞'],
] as const)('%s as %s is %s on a page', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test('number and suffix come apart', () => {
  expect(splitValue(2048, 'bytes')).toEqual({ number: '2', suffix: ' KiB' });
  expect(splitValue(50, 'percent', 1)).toEqual({ number: '50.0', suffix: '%' });
});

test.each([
  [[0, 512, 1024, 1536], 'bytes', ['0 B', '512 B', '1.0 KiB', '1.5 KiB']],
  [[0, 25, 50, 75, 100], 'percent', ['0%', '25%', '50%', '75%', '100%']],
  [[0, 0.25, 0.5], 'percentunit', ['0%', '25%', '50%']],
  [[0, 0.005, 0.01], 's', ['0 s', '5 ms', '10 ms']],
  [[0, 1800, 3600], 's', ['0 s', '30 mins', '1 hour']],
  [[1.001, 1.002], 'none', ['1.001', '1.002']],
] as const)('ticks %s of %s', (ticks, unit, labels) => {
  expect(formatTicks(ticks, unit)).toEqual(labels);
});

test('increments grow, and are powers of two for binary units', () => {
  for (const unit of ['short', 'bytes', 's', 'ms', 'percentunit'] as const) {
    const increments = tickIncrements(unit);
    expect(increments.every((increment, i) => i === 0 || increment > increments[i - 1]!)).toBe(true);
  }
  expect(tickIncrements('bytes').slice(0, 4)).toEqual([1, 2, 4, 8]);
});
