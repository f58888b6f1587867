import { calendarTime, fromCalendar, type Zone } from './zone';

/**
 * A time range as the URL writes it, in Grafana's words: `now-1h`, `now/d`,
 * milliseconds since the epoch, or a date.
 */
export type RawRange = { from: string; to: string };

/** A range that was resolved against a moment. */
export type TimeWindow = { startSeconds: number; endSeconds: number };

type CalendarUnit = 's' | 'm' | 'h' | 'd' | 'w' | 'M' | 'y';

const fixedUnitSeconds: Partial<Record<CalendarUnit, number>> = { s: 1, m: 60, h: 3600 };

const relativePattern = /^now((?:\s*[+-]\s*\d+\s*[smhdwMy])*)(?:\s*\/\s*([smhdwMy]))?$/;
const datePattern = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;

/**
 * Reads one end of a range. `edge` says which end, for the rounding of
 * `now/d`: the start of the day, or its last second. `null`: not a time.
 */
export function parseTime(
  text: string,
  edge: 'start' | 'end',
  nowSeconds: number,
  zone: Zone,
): number | null {
  const trimmed = text.trim();
  if (/^\d{9,10}$/.test(trimmed)) return Number(trimmed);
  if (/^\d{11,14}$/.test(trimmed)) return Number(trimmed) / 1000;
  const relative = relativePattern.exec(trimmed);
  if (relative) {
    let seconds = nowSeconds;
    for (const [, sign, count, unit] of relative[1]!.matchAll(/([+-])\s*(\d+)\s*([smhdwMy])/g)) {
      seconds = add(seconds, (sign === '-' ? -1 : 1) * Number(count), unit as CalendarUnit, zone);
    }
    const rounding = relative[2] as CalendarUnit | undefined;
    if (!rounding) return seconds;
    const start = startOf(seconds, rounding, zone);
    return edge === 'start' ? start : add(start, 1, rounding, zone) - 1;
  }
  const date = datePattern.exec(trimmed);
  if (date) {
    const [year, month, day, hour, minute, second] = date.slice(1).map((part) => Number(part ?? 0));
    if (month! < 1 || month! > 12 || day! < 1 || day! > 31 || hour! > 24 || minute! > 59 || second! > 59)
      return null;
    return fromCalendar({ year: year!, month: month!, day: day!, hour, minute, second }, zone);
  }
  if (/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(trimmed)) {
    const milliseconds = Date.parse(trimmed);
    return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
  }
  return null;
}

/** Resolves a range; `null` when an end is not a time or they are the wrong way round. */
export function resolveRange(range: RawRange, nowSeconds: number, zone: Zone): TimeWindow | null {
  const startSeconds = parseTime(range.from, 'start', nowSeconds, zone);
  const endSeconds = parseTime(range.to, 'end', nowSeconds, zone);
  if (startSeconds === null || endSeconds === null || startSeconds >= endSeconds) return null;
  return { startSeconds, endSeconds };
}

export function isRelative(range: RawRange): boolean {
  return range.from.includes('now') || range.to.includes('now');
}

/** A fixed range, in milliseconds as Grafana's links have it. */
export function absoluteRange(startSeconds: number, endSeconds: number): RawRange {
  return { from: String(Math.round(startSeconds * 1000)), to: String(Math.round(endSeconds * 1000)) };
}

/** Twice as wide around the same middle, but not into the future beyond what is shown. */
export function zoomedOut({ startSeconds, endSeconds }: TimeWindow, nowSeconds: number): RawRange {
  const width = endSeconds - startSeconds;
  let end = endSeconds + width / 2;
  if (end > nowSeconds) end = Math.max(nowSeconds, endSeconds);
  return absoluteRange(end - 2 * width, end);
}

/** Moved by half of its width; forward not beyond now. */
export function shifted(window: TimeWindow, direction: -1 | 1, nowSeconds: number): RawRange {
  const width = window.endSeconds - window.startSeconds;
  let end = window.endSeconds + (direction * width) / 2;
  if (direction === 1 && end > nowSeconds) end = Math.max(nowSeconds, window.endSeconds);
  return absoluteRange(end - width, end);
}

function add(seconds: number, count: number, unit: CalendarUnit, zone: Zone): number {
  const fixed = fixedUnitSeconds[unit];
  if (fixed) return seconds + count * fixed;
  const at = calendarTime(seconds, zone);
  const fraction = seconds - Math.floor(seconds);
  switch (unit) {
    case 'd':
      at.day += count;
      break;
    case 'w':
      at.day += 7 * count;
      break;
    case 'M':
      at.month += count;
      at.day = Math.min(at.day, daysInMonth(at.year, at.month));
      break;
    default:
      at.year += count;
      at.day = Math.min(at.day, daysInMonth(at.year, at.month));
  }
  return fromCalendar(at, zone) + fraction;
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function startOf(seconds: number, unit: CalendarUnit, zone: Zone): number {
  const { year, month, day, hour, minute, weekday } = calendarTime(seconds, zone);
  switch (unit) {
    case 's':
      return Math.floor(seconds);
    case 'm':
      return fromCalendar({ year, month, day, hour, minute }, zone);
    case 'h':
      return fromCalendar({ year, month, day, hour }, zone);
    case 'd':
      return fromCalendar({ year, month, day }, zone);
    case 'w':
      // Weeks begin on Monday.
      return fromCalendar({ year, month, day: day - ((weekday + 6) % 7) }, zone);
    case 'M':
      return fromCalendar({ year, month, day: 1 }, zone);
    default:
      return fromCalendar({ year, month: 1, day: 1 }, zone);
  }
}
