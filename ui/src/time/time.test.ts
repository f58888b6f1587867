import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration';
import { isRelative, parseTime, resolveRange, shifted, zoomedOut } from './range';
import { alignWindow, rateIntervalSeconds, stepFor } from './step';
import { calendarTime, formatDateTime, fromCalendar, zoneOffsetSeconds } from './zone';

// A Saturday.
const now = Date.UTC(2026, 0, 31, 14, 5, 9) / 1000;

test.each([
  ['now', 'start', '2026-01-31 14:05:09'],
  ['now-1h', 'start', '2026-01-31 13:05:09'],
  ['now-1h30m', 'start', null],
  ['now-1h-30m', 'start', '2026-01-31 12:35:09'],
  ['now/d', 'start', '2026-01-31 00:00:00'],
  ['now/d', 'end', '2026-01-31 23:59:59'],
  ['now-1d/d', 'end', '2026-01-30 23:59:59'],
  ['now/w', 'start', '2026-01-26 00:00:00'],
  ['now+1M', 'end', '2026-02-28 14:05:09'],
  ['now-1y/y', 'start', '2025-01-01 00:00:00'],
  ['1769868309000', 'start', '2026-01-31 14:05:09'],
  ['1769868309', 'start', '2026-01-31 14:05:09'],
  ['2026-01-31', 'start', '2026-01-31 00:00:00'],
  ['2026-01-31 14:05', 'start', '2026-01-31 14:05:00'],
  ['2026-01-31T14:05:09Z', 'start', '2026-01-31 14:05:09'],
  ['2026-01-31T14:05:09+09:00', 'start', '2026-01-31 05:05:09'],
  ['2026-13-01', 'start', null],
  ['yesterday', 'start', null],
  ['', 'start', null],
] as const)('%s as %s is %s', (text, edge, expected) => {
  const seconds = parseTime(text, edge, now, 'utc');
  expect(seconds === null ? null : formatDateTime(seconds, 'utc')).toBe(expected);
});

test('a range must not end before it starts', () => {
  expect(resolveRange({ from: 'now', to: 'now-1h' }, now, 'utc')).toBeNull();
  expect(resolveRange({ from: 'now-1h', to: 'now' }, now, 'utc')).toEqual({
    startSeconds: now - 3600,
    endSeconds: now,
  });
  expect(isRelative({ from: '1769868309000', to: '1769868310000' })).toBe(false);
});

test('zooming out and shifting do not run into the future', () => {
  const window = { startSeconds: now - 3600, endSeconds: now };
  expect(zoomedOut(window, now)).toEqual({ from: String((now - 7200) * 1000), to: String(now * 1000) });
  expect(shifted(window, -1, now)).toEqual({
    from: String((now - 5400) * 1000),
    to: String((now - 1800) * 1000),
  });
  expect(shifted(window, 1, now)).toEqual({ from: String((now - 3600) * 1000), to: String(now * 1000) });
});

test.each([
  [900, 720, 1, 2],
  [900, 720, 5, 5],
  [3600, 720, 1, 5],
  [86400, 720, 1, 120],
  [30 * 86400, 720, 1, 3600],
  [10 * 365 * 86400, 1e9, 1, 43200],
])('a range of %d s in %d points, at least %d s apart, steps by %d s', (range, points, minStep, step) => {
  expect(stepFor(range, points, minStep)).toBe(step);
});

test('windows align to the step, and rate windows hold four scrapes', () => {
  expect(alignWindow({ startSeconds: 1003, endSeconds: 1999 }, 15)).toEqual({
    startSeconds: 990,
    endSeconds: 1995,
  });
  expect(rateIntervalSeconds(15, 15)).toBe(60);
  expect(rateIntervalSeconds(300, 15)).toBe(315);
});

test.each([
  ['15s', 15],
  ['1m30s', 90],
  ['1d', 86400],
  ['500ms', 0.5],
])('the duration %s is %d s', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(formatDuration(seconds)).toBe(text);
});

test('what is not a duration is refused', () => {
  expect(parseDuration('')).toBeNull();
  expect(parseDuration('5')).toBeNull();
  expect(parseDuration('off')).toBeNull();
});

test('named zones follow their own clocks', () => {
  const summer = Date.UTC(2026, 6, 1, 12) / 1000;
  expect(formatDateTime(summer, 'Europe/Berlin')).toBe('2026-07-01 14:00:00');
  expect(formatDateTime(summer, 'Asia/Kolkata')).toBe('2026-07-01 17:30:00');
  expect(zoneOffsetSeconds(Date.UTC(2026, 0, 1) / 1000, 'Asia/Seoul')).toBe(9 * 3600);
  for (const month of [1, 3, 7, 10]) {
    const at = { year: 2026, month, day: 29, hour: 13, minute: 5, second: 7 };
    expect(calendarTime(fromCalendar(at, 'Europe/Berlin'), 'Europe/Berlin')).toMatchObject(at);
  }
  expect(zoneOffsetSeconds(summer, 'No/Such')).toBe(zoneOffsetSeconds(summer, 'browser'));
});
