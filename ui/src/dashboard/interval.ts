/** Upper bound of what rounds to the second, in milliseconds: Grafana's table, so that steps are those that people know. */
const roundings: readonly (readonly [below: number, rounded: number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1500, 1000],
  [3500, 2000],
  [7500, 5000],
  [12500, 10_000],
  [17500, 15_000],
  [25000, 20_000],
  [45000, 30_000],
  [90_000, 60_000],
  [210_000, 120_000],
  [450_000, 300_000],
  [750_000, 600_000],
  [1_050_000, 900_000],
  [1_500_000, 1_200_000],
  [2_700_000, 1_800_000],
  [5_400_000, 3_600_000],
  [9_000_000, 7_200_000],
  [16_200_000, 10_800_000],
  [32_400_000, 21_600_000],
  [86_400_000, 43_200_000],
  [604_800_000, 86_400_000],
  [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000],
];

export function roundInterval(milliseconds: number): number {
  return roundings.find(([below]) => milliseconds < below)?.[1] ?? 31_536_000_000;
}

const units: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** Reads `10s`, `>10s`, `1h30m`, or a bare number of seconds, into milliseconds; `null` where it is none. */
export function parseInterval(text: string | null | undefined): number | null {
  const trimmed = (text ?? '').trim().replace(/^>=?\s*/, '');
  if (trimmed === '') return null;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(\d+(\.\d+)?\s*(ms|[smhdwMy])\s*)+$/.test(trimmed)) return null;
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhdwMy])/g)) {
    total += Number(count) * units[unit!]!;
  }
  return total;
}

/** `15s`, `1m`, `2h`, `1d`, in the largest unit that is whole. */
export function formatInterval(milliseconds: number): string {
  for (const unit of ['y', 'w', 'd', 'h', 'm', 's'] as const) {
    const size = units[unit]!;
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return `${Math.max(1, Math.round(milliseconds))}ms`;
}

/** Time between points: about `maxDataPoints` of them, round, and not under the least. */
export function intervalFor(rangeMs: number, maxDataPoints: number, minMs = 1): number {
  const rounded = roundInterval(rangeMs / Math.max(1, maxDataPoints));
  return Math.max(rounded, minMs);
}

/** No series may have more points than this. */
const maxPoints = 11_000;

/** The step of one Prometheus query. */
export function promqlStep(options: {
  rangeMs: number;
  intervalMs: number;
  minMs: number;
  factor: number;
}): number {
  let least = options.rangeMs / maxPoints;
  if (least > 1000) least = Math.ceil(least / 1000) * 1000;
  return Math.max(Math.max(options.intervalMs, options.minMs) * Math.max(1, options.factor), least);
}

/** A window of `rate()` that holds samples even when one is late: `$__rate_interval`. */
export function rateInterval(stepMs: number, scrapeMs: number): number {
  return Math.max(stepMs + scrapeMs, 4 * scrapeMs);
}
