import { expect, test } from 'vitest';
import { formatPattern, relativeText } from './dates';

const time = Date.UTC(2026, 0, 5, 15, 4, 9, 78);

test.each([
  ['YYYY-MM-DD HH:mm:ss.SSS', '2026-01-05 15:04:09.078'],
  ['dddd, MMMM Do YYYY, h:mm a', 'Monday, January 5th 2026, 3:04 pm'],
  ['[week] W, [day] DDD', 'week 2, day 5'],
  ['YYYY-MM-DDTHH:mm:ssZ', '2026-01-05T15:04:09+00:00'],
  ['LLL', 'January 5, 2026 3:04 PM'],
  ['X x', `${Math.floor(time / 1000)} ${time}`],
])('%s is %s', (pattern, text) => {
  expect(formatPattern(time, pattern, 'utc')).toBe(text);
});

test('zones have their offset, by the half hour, too', () => {
  expect(formatPattern(time, 'HH:mm Z', 'Asia/Kolkata')).toBe('20:34 +05:30');
  expect(formatPattern(time, 'HH:mm ZZ', 'America/New_York')).toBe('10:04 -0500');
});

test('what is no time says so', () => {
  expect(formatPattern(Number.NaN, 'YYYY', 'utc')).toBe('Invalid date');
  expect(formatPattern(1e300, 'YYYY', 'utc')).toBe('Invalid date');
});

test.each([
  [5_000, 'a few seconds ago'],
  [60_000, 'a minute ago'],
  [600_000, '10 minutes ago'],
  [-7_200_000, 'in 2 hours'],
  [86_400_000 * 3, '3 days ago'],
  [86_400_000 * 800, '2 years ago'],
])('%i ms are %s', (age, text) => {
  expect(relativeText(1e12 - age, 1e12)).toBe(text);
});
