import type { TimeWindow } from './range';

const niceSteps = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800,
  604800, 1209600, 2592000,
];

/** The server refuses more points per series than this. */
const maxPointsPerSeries = 11000;

/** Seconds between points: round, at most about `points` of them, never more than the server allows. */
export function stepFor(rangeSeconds: number, points = 720, minStepSeconds = 1): number {
  const wanted = Math.max(
    rangeSeconds / Math.max(1, points),
    rangeSeconds / (maxPointsPerSeries - 1),
    minStepSeconds,
  );
  for (const step of niceSteps) {
    if (step >= wanted * 0.999) return step;
  }
  return Math.ceil(wanted / 2592000) * 2592000;
}

/**
 * The window on the grid of the step. Every refresh then asks for the same
 * points again plus new ones, so that curves do not shimmer.
 */
export function alignWindow({ startSeconds, endSeconds }: TimeWindow, stepSeconds: number): TimeWindow {
  return {
    startSeconds: Math.floor(startSeconds / stepSeconds) * stepSeconds,
    endSeconds: Math.floor(endSeconds / stepSeconds) * stepSeconds,
  };
}

/** A window for `rate()` that holds two samples even when one is late: Grafana's `$__rate_interval`. */
export function rateIntervalSeconds(stepSeconds: number, scrapeIntervalSeconds: number): number {
  return Math.max(stepSeconds + scrapeIntervalSeconds, 4 * scrapeIntervalSeconds);
}
