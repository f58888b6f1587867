import './sparkline.css';
import { useMemo } from 'preact/hooks';

export type SparklineProps = {
  values: Float64Array;
  /** Ends of the scale; those of the values, with zero, when absent. */
  min?: number;
  max?: number;
};

/** A curve without axes, as wide and high as its parent. Decoration: its number stands beside it. */
export function Sparkline({ values, min, max }: SparklineProps) {
  const { line, area } = useMemo(() => sparklinePaths(values, min, max), [values, min, max]);
  return (
    <svg class="sparkline" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      <path class="sparkline-area" d={area} />
      <path class="sparkline-line" d={line} />
    </svg>
  );
}

/** Paths on a square of 100, one piece for each stretch between gaps. */
export function sparklinePaths(
  values: Float64Array,
  min?: number,
  max?: number,
): { line: string; area: string } {
  let low = min ?? 0;
  let high = max ?? 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (min === undefined && value < low) low = value;
    if (max === undefined && value > high) high = value;
  }
  const span = high - low || 1;
  const across = 100 / Math.max(1, values.length - 1);
  let line = '';
  let area = '';
  let piece: string[] = [];
  let firstX = 0;
  let lastX = 0;
  const finish = () => {
    if (piece.length > 1) {
      const path = piece.join('L');
      line += `M${path}`;
      area += `M${firstX},100L${path}L${lastX},100Z`;
    }
    piece = [];
  };
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      finish();
      return;
    }
    const x = round(index * across);
    const y = round(100 - (Math.min(Math.max(value, low), high) - low) * (100 / span));
    if (piece.length === 0) firstX = x;
    lastX = x;
    piece.push(`${x},${y}`);
  });
  finish();
  return { line, area };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
