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

export function rangeRequest(control: TimeControl, scrapeSeconds: number): RangeRequest {
  const { startSeconds, endSeconds } = control.window.value;
  const stepSeconds = stepFor(endSeconds - startSeconds, points, scrapeSeconds);
  const { from, to } = control.range.value;
  return {
    window: alignWindow({ startSeconds, endSeconds }, stepSeconds),
    stepSeconds,
    rateWindow: formatDuration(rateIntervalSeconds(stepSeconds, scrapeSeconds)),
    identity: `${from} ${to} ${stepSeconds}`,
    // A long range has coarse points; asking for them every five seconds brings nothing new.
    moment: Math.floor(endSeconds / Math.min(stepSeconds, longestStaleSeconds)),
  };
}
