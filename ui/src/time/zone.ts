import { isOneOf, preference } from '../preference';

/** In which zone times are shown and typed. */
export type Zone = 'local' | 'utc';

export const zone = preference('zone', 'local', isOneOf('local', 'utc'));

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

export function calendarTime(seconds: number, inZone: Zone): CalendarTime {
  const date = new Date(seconds * 1000);
  return inZone === 'utc'
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
  const milliseconds =
    inZone === 'utc'
      ? Date.UTC(year, month - 1, day, hour, minute, second)
      : new Date(year, month - 1, day, hour, minute, second).getTime();
  return milliseconds / 1000;
}

/** Seconds to add to a UTC time for the clock on the wall. */
export function zoneOffsetSeconds(seconds: number, inZone: Zone): number {
  return inZone === 'utc' ? 0 : -new Date(seconds * 1000).getTimezoneOffset() * 60;
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
