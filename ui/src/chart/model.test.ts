import { expect, test } from 'vitest';
import { tickIncrements } from '../format/units';
import { chooseSeries } from './legend';
import { summarize, valueRange } from './model';
import { timeLabels, timeTicks } from './time-axis';

const column = (...values: number[]) => Float64Array.from(values);
const none = new Set<string>();

test.each([
  ['line', 'short', null, null, {}, [0, 1]],
  ['line', 'percent', null, null, {}, [0, 100]],
  ['line', 'short', 0, 0, {}, [0, 1]],
  ['line', 'short', 0, 9.3, {}, [0, 10]],
  ['line', 'short', 96, 99, {}, [95.5, 99.5]],
  ['area', 'short', 96, 99, {}, [0, 120]],
  ['stacked', 'percent', 3, 99.9, {}, [0, 100]],
  ['line', 'percentunit', 0.2, 1, {}, [0, 1]],
  ['line', 'percent', 10, 130, {}, [0, 150]],
  ['area', 'Bps', -40, 90, {}, [-50, 100]],
  ['line', 'bytes', 0, 3000, {}, [0, 3584]],
  ['line', 'short', 5, 5, {}, [4.4, 5.6]],
  ['line', 'short', 2, 8, { min: 0, max: 5 }, [0, 5]],
] as const)('%s of %s from %s to %s', (mode, unit, min, max, fixed, range) => {
  const [low, high] = valueRange(min, max, { mode, unit, ...fixed }, tickIncrements(unit));
  expect([Number(low.toFixed(6)), Number(high.toFixed(6))]).toEqual(range);
});

test('summaries ignore gaps', () => {
  expect(summarize(column(Number.NaN, 2, 6, Number.NaN))).toEqual({ last: 6, min: 2, max: 6, mean: 4 });
  expect(summarize(column(Number.NaN)).max).toBeNaN();
});

test('a click shows a series alone and then all again, a toggle hides one', () => {
  const all = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  const alone = chooseSeries(all, none, 'a', false);
  expect([...alone]).toEqual(['b', 'c']);
  expect([...chooseSeries(all, alone, 'a', false)]).toEqual([]);
  expect([...chooseSeries(all, alone, 'b', false)]).toEqual(['a', 'c']);
  expect([...chooseSeries(all, alone, 'b', true)]).toEqual(['c']);
  expect([...chooseSeries(all, alone, 'a', true)]).toEqual([]);
});

test('time ticks fall on round times and name the day where it begins', () => {
  const start = Date.UTC(2026, 0, 31, 23, 50) / 1000;
  const ticks = timeTicks(start, start + 1200, 300, 'utc');
  expect(timeLabels(ticks, 300, 'utc')).toEqual(['23:50', '23:55', '02-01', '00:05', '00:10']);
  expect(timeLabels(timeTicks(start, start + 20, 10, 'utc'), 10, 'utc')).toEqual([
    '23:50:00',
    '23:50:10',
    '23:50:20',
  ]);
  const months = timeTicks(start, start + 120 * 86400, 30 * 86400, 'utc');
  expect(timeLabels(months, 30 * 86400, 'utc')).toEqual(['2026-02', '2026-03', '2026-04', '2026-05']);
});
