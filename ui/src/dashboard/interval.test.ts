import { expect, test } from 'vitest';
import { formatInterval, intervalFor, parseInterval, promqlStep, rateInterval } from './interval';

test.each([
  ['10s', 10_000],
  ['>1m', 60_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['15', 15_000],
  ['', null],
  ['soon', null],
])('%s', (text, milliseconds) => {
  expect(parseInterval(text)).toBe(milliseconds);
});

test('intervals are round, and back to text', () => {
  expect(intervalFor(6 * 3_600_000, 1000)).toBe(20_000);
  expect(intervalFor(3_600_000, 1000, 15_000)).toBe(15_000);
  expect(intervalFor(30 * 86_400_000, 700)).toBe(3_600_000);
  expect([100, 15_000, 60_000, 5_400_000, 86_400_000, 604_800_000].map(formatInterval)).toEqual([
    '100ms',
    '15s',
    '1m',
    '90m',
    '1d',
    '1w',
  ]);
});

test('a step obeys factor, least and the greatest number of points', () => {
  expect(promqlStep({ rangeMs: 3_600_000, intervalMs: 5000, minMs: 15_000, factor: 1 })).toBe(15_000);
  expect(promqlStep({ rangeMs: 3_600_000, intervalMs: 5000, minMs: 1000, factor: 10 })).toBe(50_000);
  expect(promqlStep({ rangeMs: 365 * 86_400_000, intervalMs: 60_000, minMs: 1000, factor: 1 })).toBe(
    2_867_000,
  );
  expect(rateInterval(15_000, 15_000)).toBe(60_000);
  expect(rateInterval(120_000, 15_000)).toBe(135_000);
});
