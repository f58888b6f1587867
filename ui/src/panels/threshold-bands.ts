import { continuousStops, isContinuousMode, namedColor } from '../frame/colors';
import type { Field } from '../frame/frame';
import type { Theme } from '../shell/theme';

/** A stretch between min and max, 0 to 1, of one colour. */
export type Band = { from: number; to: number; color: string; value: number | null };

function rangeOf(field: Field): { min: number; max: number } {
  const { min, max } = field.state?.range ?? { min: field.config.min ?? 0, max: field.config.max ?? 100 };
  return max > min ? { min, max } : { min, max: min + 1 };
}

/** The thresholds of a field as bands over its range; one band where the colour does not go by thresholds. */
export function thresholdBands(field: Field, theme: Theme, color: string): Band[] {
  const { thresholds, color: mode } = field.config;
  const steps = thresholds?.steps ?? [];
  const byThresholds = (mode?.mode ?? 'thresholds') === 'thresholds';
  if (!byThresholds || steps.length === 0) return [{ from: 0, to: 1, color, value: null }];
  const { min, max } = rangeOf(field);
  const share = (value: number | null) => {
    if (value === null || value === undefined) return 0;
    const place = thresholds?.mode === 'percentage' ? value / 100 : (value - min) / (max - min);
    return Math.min(1, Math.max(0, place));
  };
  const bands: Band[] = [];
  steps.forEach((step, index) => {
    const from = index === 0 ? 0 : share(step.value);
    const next = steps[index + 1];
    const to = next ? share(next.value) : 1;
    if (to > from) bands.push({ from, to, color: namedColor(step.color, theme), value: step.value ?? null });
  });
  return bands;
}

/** The stops of a gradient along a field's range. */
export function gradientStops(field: Field, theme: Theme, color: string): { at: number; color: string }[] {
  const mode = field.config.color?.mode;
  if (isContinuousMode(mode)) {
    const stops = continuousStops(mode!, theme);
    return stops.map((stop, index) => ({ at: index / (stops.length - 1), color: stop }));
  }
  const bands = thresholdBands(field, theme, color);
  if (bands.length === 1) return [{ at: 0, color: bands[0]!.color }];
  return bands.map((band) => ({ at: band.from, color: band.color }));
}
