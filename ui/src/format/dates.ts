import { type CalendarTime, calendarTime, zoneOffsetSeconds } from '../time/zone';

/** Times as texts in any zone: an IANA name, `utc`, or `browser` and the empty string for where the browser is. */

export type CalendarParts = CalendarTime & { millisecond: number; offsetMinutes: number };

export function calendarParts(milliseconds: number, timeZone = 'browser'): CalendarParts {
  const seconds = milliseconds / 1000;
  const millisecond = ((milliseconds % 1000) + 1000) % 1000;
  return {
    ...calendarTime(seconds, timeZone),
    millisecond: Math.floor(millisecond),
    offsetMinutes: Math.round(zoneOffsetSeconds(seconds, timeZone) / 60),
  };
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

function ordinal(value: number): string {
  const tens = value % 100;
  if (tens >= 11 && tens <= 13) return `${value}th`;
  return value + (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
}

function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${separator}${pad(size % 60)}`;
}

function dayOfYear({ year, month, day }: CalendarParts): number {
  return Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
}

/** ISO week and the year that it belongs to. */
function isoWeek({ year, month, day, weekday }: CalendarParts): { week: number; year: number } {
  const thursday = new Date(Date.UTC(year, month - 1, day + 4 - (weekday || 7)));
  const weekYear = thursday.getUTCFullYear();
  const week = Math.ceil(((thursday.getTime() - Date.UTC(weekYear, 0, 1)) / 86_400_000 + 1) / 7);
  return { week, year: weekYear };
}

const tokens: Record<string, (parts: CalendarParts, milliseconds: number) => string> = {
  YYYY: (p) => pad(p.year, 4),
  YY: (p) => pad(p.year % 100),
  Q: (p) => String(Math.ceil(p.month / 3)),
  MMMM: (p) => months[p.month - 1]!,
  MMM: (p) => months[p.month - 1]!.slice(0, 3),
  MM: (p) => pad(p.month),
  M: (p) => String(p.month),
  Mo: (p) => ordinal(p.month),
  DDDD: (p) => pad(dayOfYear(p), 3),
  DDD: (p) => String(dayOfYear(p)),
  DD: (p) => pad(p.day),
  Do: (p) => ordinal(p.day),
  D: (p) => String(p.day),
  dddd: (p) => weekdays[p.weekday]!,
  ddd: (p) => weekdays[p.weekday]!.slice(0, 3),
  dd: (p) => weekdays[p.weekday]!.slice(0, 2),
  d: (p) => String(p.weekday),
  E: (p) => String(p.weekday || 7),
  WW: (p) => pad(isoWeek(p).week),
  W: (p) => String(isoWeek(p).week),
  GGGG: (p) => pad(isoWeek(p).year, 4),
  HH: (p) => pad(p.hour),
  H: (p) => String(p.hour),
  hh: (p) => pad(p.hour % 12 || 12),
  h: (p) => String(p.hour % 12 || 12),
  kk: (p) => pad(p.hour || 24),
  k: (p) => String(p.hour || 24),
  A: (p) => (p.hour < 12 ? 'AM' : 'PM'),
  a: (p) => (p.hour < 12 ? 'am' : 'pm'),
  mm: (p) => pad(p.minute),
  m: (p) => String(p.minute),
  ss: (p) => pad(p.second),
  s: (p) => String(p.second),
  SSS: (p) => pad(p.millisecond, 3),
  SS: (p) => pad(Math.floor(p.millisecond / 10)),
  S: (p) => String(Math.floor(p.millisecond / 100)),
  ZZ: (p) => offsetText(p.offsetMinutes, ''),
  Z: (p) => offsetText(p.offsetMinutes, ':'),
  X: (_, ms) => String(Math.floor(ms / 1000)),
  x: (_, ms) => String(ms),
};

/** The short forms that stand for a whole pattern. */
const shorthands: Record<string, string> = {
  LLLL: 'dddd, MMMM D, YYYY h:mm A',
  LLL: 'MMMM D, YYYY h:mm A',
  LL: 'MMMM D, YYYY',
  L: 'MM/DD/YYYY',
  LTS: 'h:mm:ss A',
  LT: 'h:mm A',
};

const pattern =
  /\[[^\]]*\]|LTS|LT|LLLL|LLL|LL|L|YYYY|YY|GGGG|Q|MMMM|MMM|MM|Mo|M|DDDD|DDD|DD|Do|D|dddd|ddd|dd|d|E|WW|W|HH|H|hh|h|kk|k|A|a|mm|m|ss|s|SSS|SS|S|ZZ|Z|X|x/g;

/** Within what a date can be. */
function isTime(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= 8.64e15;
}

/** A time by a pattern such as `YYYY-MM-DD HH:mm:ss`; text in brackets stands as it is. */
export function formatPattern(milliseconds: number, format: string, timeZone?: string): string {
  if (!isTime(milliseconds)) return 'Invalid date';
  const parts = calendarParts(milliseconds, timeZone);
  const write = (text: string): string =>
    text.replace(pattern, (token) => {
      if (token.startsWith('[')) return token.slice(1, -1);
      const short = shorthands[token];
      return short === undefined ? tokens[token]!(parts, milliseconds) : write(short);
    });
  return write(format);
}

export function isSameDay(a: number, b: number, timeZone?: string): boolean {
  if (!isTime(a) || !isTime(b)) return false;
  const [x, y] = [calendarParts(a, timeZone), calendarParts(b, timeZone)];
  return x.year === y.year && x.month === y.month && x.day === y.day;
}

const agesSeconds: [limit: number, size: number, one: string, many: string][] = [
  [45, 1, 'a few seconds', 'a few seconds'],
  [90, 60, 'a minute', ''],
  [45 * 60, 60, '', 'minutes'],
  [90 * 60, 3600, 'an hour', ''],
  [22 * 3600, 3600, '', 'hours'],
  [36 * 3600, 86_400, 'a day', ''],
  [26 * 86_400, 86_400, '', 'days'],
  [45 * 86_400, 2_629_746, 'a month', ''],
  [320 * 86_400, 2_629_746, '', 'months'],
  [548 * 86_400, 31_556_952, 'a year', ''],
  [Number.POSITIVE_INFINITY, 31_556_952, '', 'years'],
];

/** `5 minutes ago`, `in a day`. */
export function relativeText(milliseconds: number, now = Date.now()): string {
  if (!isTime(milliseconds)) return 'Invalid date';
  const seconds = Math.round(Math.abs(now - milliseconds) / 1000);
  const [, size, one, many] = agesSeconds.find(([limit]) => seconds < limit)!;
  const text = one || `${Math.max(2, Math.round(seconds / size))} ${many}`;
  return milliseconds > now ? `in ${text}` : `${text} ago`;
}
