import { calendarTime, fromCalendar, type Zone, zoneOffsetSeconds } from '../time/zone';

const day = 86400;

/** Distances between ticks of the time axis, in seconds. */
export const timeIncrements = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10800,
  21600,
  43200,
  day,
  2 * day,
  7 * day,
  14 * day,
  30 * day,
  91 * day,
  182 * day,
  365 * day,
];

/** Ticks on round times of the zone's clock, from `start` to `end`. */
export function timeTicks(start: number, end: number, increment: number, zone: Zone): number[] {
  const ticks: number[] = [];
  if (increment >= 30 * day) {
    const months = Math.max(1, Math.round(increment / (30.4 * day)));
    const { year, month } = calendarTime(start, zone);
    for (let at = year * 12 + month - 1; ; at++) {
      if (at % months !== 0) continue;
      const tick = fromCalendar({ year: Math.floor(at / 12), month: (at % 12) + 1, day: 1 }, zone);
      if (tick > end) return ticks;
      if (tick >= start) ticks.push(tick);
    }
  }
  const startOffset = zoneOffsetSeconds(start, zone);
  // The epoch was a Thursday; weeks begin on Mondays.
  const shift = increment % (7 * day) === 0 && increment < 30 * day ? 4 * day : 0;
  const first = Math.ceil((start + startOffset - shift) / increment) * increment + shift;
  for (let wall = first; ; wall += increment) {
    // The offset at the tick itself: a range may cross a change of the clock.
    const tick = wall - zoneOffsetSeconds(wall - startOffset, zone);
    if (tick > end) return ticks;
    if (tick >= start && tick !== ticks.at(-1)) ticks.push(tick);
  }
}

const two = (value: number) => String(value).padStart(2, '0');

/** Labels of ticks: times, with the date where a day begins. */
export function timeLabels(ticks: readonly number[], increment: number, zone: Zone): string[] {
  return ticks.map((tick) => {
    const { year, month, day: date, hour, minute, second } = calendarTime(tick, zone);
    if (increment >= 365 * day) return String(year);
    if (increment >= 30 * day) return `${year}-${two(month)}`;
    if (increment >= day || (hour === 0 && minute === 0 && second === 0)) return `${two(month)}-${two(date)}`;
    return increment < 60 ? `${two(hour)}:${two(minute)}:${two(second)}` : `${two(hour)}:${two(minute)}`;
  });
}

/** Whether a label centred on its tick ends within the chart; widths in pixels of the plot and beside it. */
export function hasRoomAtEnd(
  tick: number,
  [start, end]: readonly [number, number],
  labelWidth: number,
  plotWidth: number,
  padding: number,
): boolean {
  return ((end - tick) / (end - start)) * plotWidth + padding >= Math.ceil(labelWidth / 2);
}

/** Least distance between ticks in pixels, so that labels never touch. */
export function timeTickSpace(rangeSeconds: number, width: number): number {
  const short = 60;
  const long = 76;
  return (rangeSeconds / Math.max(1, width)) * short < 60 ? long : short;
}
