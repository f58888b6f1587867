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
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Formats a time in UTC by the letters of Moment.js, as `${__from:date:YYYY-MM}` has them. */
export function formatMomentPattern(milliseconds: number, pattern: string): string {
  const date = new Date(milliseconds);
  const hour12 = date.getUTCHours() % 12 || 12;
  const letters: Record<string, () => string> = {
    YYYY: () => String(date.getUTCFullYear()),
    YY: () => pad(date.getUTCFullYear() % 100),
    MMMM: () => months[date.getUTCMonth()]!,
    MMM: () => months[date.getUTCMonth()]!.slice(0, 3),
    MM: () => pad(date.getUTCMonth() + 1),
    M: () => String(date.getUTCMonth() + 1),
    DD: () => pad(date.getUTCDate()),
    D: () => String(date.getUTCDate()),
    dddd: () => weekdays[date.getUTCDay()]!,
    ddd: () => weekdays[date.getUTCDay()]!.slice(0, 3),
    d: () => String(date.getUTCDay()),
    HH: () => pad(date.getUTCHours()),
    H: () => String(date.getUTCHours()),
    hh: () => pad(hour12),
    h: () => String(hour12),
    mm: () => pad(date.getUTCMinutes()),
    m: () => String(date.getUTCMinutes()),
    ss: () => pad(date.getUTCSeconds()),
    s: () => String(date.getUTCSeconds()),
    SSS: () => pad(date.getUTCMilliseconds(), 3),
    A: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    a: () => (date.getUTCHours() < 12 ? 'am' : 'pm'),
    ZZ: () => '+0000',
    Z: () => '+00:00',
    X: () => String(Math.floor(milliseconds / 1000)),
    x: () => String(milliseconds),
  };
  return pattern.replace(
    /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd|d|HH|H|hh|h|mm|m|SSS|ss|s|A|a|ZZ|Z|X|x/g,
    (token, literal: string | undefined) => literal ?? letters[token]!(),
  );
}
