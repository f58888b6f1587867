import type { PanelWindow } from '../panels/plugin';
import { isRelative, parseTime, type RawRange } from '../time/range';
import type { Zone } from '../time/zone';
import type { Panel } from './model';

export type PanelTime = {
  window: PanelWindow;
  /** What differs from the dashboard, to be shown on the panel: `now-1h`, `-1d`. */
  from?: string;
  shift?: string;
};

/**
 * The time of a panel: its own length (`timeFrom`, only while the dashboard's
 * range follows now) and its shift into the past (`timeShift`).
 */
export function panelTime(
  { timeFrom, timeShift }: Pick<Panel, 'timeFrom' | 'timeShift'>,
  window: PanelWindow,
  range: RawRange,
  zone: Zone,
): PanelTime {
  let { from, to } = window;
  const told: Partial<PanelTime> = {};
  if (timeFrom && isRelative(range)) {
    const nowSeconds = window.to / 1000;
    // `1h`, but also `now-1h` and `now/d` as newer dashboards have them.
    const text = timeFrom.startsWith('now') ? timeFrom : `now-${timeFrom}`;
    const start = parseTime(text, 'start', nowSeconds, zone);
    const end = timeFrom.includes('/') ? parseTime(text, 'end', nowSeconds, zone) : nowSeconds;
    if (start !== null && end !== null && start < end) {
      [from, to] = [start * 1000, end * 1000];
      told.from = timeFrom;
    }
  }
  if (timeShift) {
    const shifted = (milliseconds: number, edge: 'start' | 'end') =>
      parseTime(`now-${timeShift}`, edge, milliseconds / 1000, zone);
    const [start, end] = [shifted(from, 'start'), shifted(to, 'end')];
    if (start !== null && end !== null && start < end) {
      [from, to] = [start * 1000, end * 1000];
      told.shift = timeShift;
    }
  }
  return { window: { from, to }, ...told };
}
