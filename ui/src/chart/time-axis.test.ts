import { expect, test } from 'vitest';
import { hasRoomAtEnd, timeTicks } from './time-axis';

// A label of 45 pixels reaches 23 to the right of its tick, 8 of them beside the plot.
test.each([
  [900, 300, false],
  [850, 300, true],
  [856, 300, false],
  [850, 200, false],
])('a label at %d of 900 s in %d pixels fits: %s', (tick, plotWidth, expected) => {
  expect(hasRoomAtEnd(tick, [0, 900], 45, plotWidth, 8)).toBe(expected);
});

test('weeks begin on Mondays', () => {
  const start = Date.UTC(2026, 0, 1) / 1000;
  const ticks = timeTicks(start, start + 30 * 86400, 7 * 86400, 'utc');
  expect(ticks.map((tick) => new Date(tick * 1000).getUTCDay())).toEqual([1, 1, 1, 1]);
});
