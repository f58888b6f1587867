import { preference } from '../preference';

/**
 * In which zone times are shown and typed: the browser's own (`local`, or
 * `browser` as dashboards say), `utc`, or an IANA name. Names that the browser
 * does not know mean its own zone.
 */
export type Zone = 'local' | 'utc' | (string & Record<never, never>);

export const zone = preference<Zone>('zone', 'local', isZone);

function isZone(value: unknown): value is Zone {
  return typeof value === 'string' && value !== '';
}

export type CalendarTime = {
  year: number;
  /** 1 to 12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 is Sunday */
  weekday: number;
};

/** `null`: the clock of `Date` itself. */
type OffsetClock = ((seconds: number) => number) | null;

const clocks = new Map<string, OffsetClock>([
  ['local', null],
  ['browser', null],
  ['', null],
  ['utc', () => 0],
  ['UTC', () => 0],
]);

function clockOf(zone: Zone): OffsetClock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = namedClock(zone);
    clocks.set(zone, clock);
  }
  return clock;
}

/** Clocks change on quarters of an hour, and asking `Intl` takes microseconds: each quarter is asked for once. */
function namedClock(name: string): OffsetClock {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
  const offsets = new Map<number, number>();
  return (seconds) => {
    const quarter = Math.floor(seconds / 900) * 900;
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
      for (const { type, value } of format.formatToParts(quarter * 1000)) part[type] = Number(value);
      offset =
        Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) / 1000 - quarter;
      if (offsets.size > 4096) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset;
  };
}

export function calendarTime(seconds: number, inZone: Zone): CalendarTime {
  const clock = clockOf(inZone);
  const date = new Date((clock ? seconds + clock(seconds) : seconds) * 1000);
  return clock
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        weekday: date.getUTCDay(),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth() + 1,
        day: date.getDate(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
        weekday: date.getDay(),
      };
}

/** Seconds of a calendar time; parts beyond their range carry over, as in `Date`. */
export function fromCalendar(
  {
    year,
    month,
    day,
    hour = 0,
    minute = 0,
    second = 0,
  }: Partial<CalendarTime> & Pick<CalendarTime, 'year' | 'month' | 'day'>,
  inZone: Zone,
): number {
  const clock = clockOf(inZone);
  if (!clock) return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const guess = wall - clock(wall);
  // The offset may be another one at the time that was guessed with it.
  return wall - clock(guess);
}

/** Seconds to add to a UTC time for the clock on the wall. */
export function zoneOffsetSeconds(seconds: number, inZone: Zone): number {
  const clock = clockOf(inZone);
  return clock ? clock(seconds) : -new Date(seconds * 1000).getTimezoneOffset() * 60;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `14:05:09` */
export function formatClock(seconds: number, inZone: Zone = zone.value): string {
  const { hour, minute, second } = calendarTime(seconds, inZone);
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** `2026-01-31 14:05:09`, which the picker also reads. */
export function formatDateTime(seconds: number, inZone: Zone = zone.value): string {
  const { year, month, day } = calendarTime(seconds, inZone);
  return `${year}-${two(month)}-${two(day)} ${formatClock(seconds, inZone)}`;
}
