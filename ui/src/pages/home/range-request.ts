import type { TimeControl } from '../../time/control';
import { formatDuration } from '../../time/duration';
import type { TimeWindow } from '../../time/range';
import { alignWindow, rateIntervalSeconds, stepFor } from '../../time/step';

/** How a page's range is asked for. */
export type RangeRequest = {
  window: TimeWindow;
  stepSeconds: number;
  /** For `rate()`, as PromQL writes it. */
  rateWindow: string;
  /** Another identity is another question; another moment the same one, later. */
  identity: string;
  moment: number;
};

const points = 300;
const longestStaleSeconds = 30;
const eagerSeconds = 60;

/** `isEager`: the last minute, second by second, for a machine whose first samples are just coming in. */
export function rangeRequest(control: TimeControl, scrapeSeconds: number, isEager = false): RangeRequest {
  const { startSeconds, endSeconds } = control.window.value;
  const rangeSeconds = isEager ? eagerSeconds : endSeconds - startSeconds;
  const stepSeconds = isEager ? 1 : stepFor(rangeSeconds, points, scrapeSeconds);
  const { from, to } = control.range.value;
  return {
    window: alignWindow({ startSeconds: endSeconds - rangeSeconds, endSeconds }, stepSeconds),
    stepSeconds,
    rateWindow: formatDuration(rateIntervalSeconds(stepSeconds, scrapeSeconds)),
    // Without the step: what is seen while the samples come in stays when the whole range cannot be had.
    identity: `${from} ${to}`,
    // A long range has coarse points; asking for them every five seconds brings nothing new.
    moment: Math.floor(endSeconds / Math.min(stepSeconds, longestStaleSeconds)),
  };
}
