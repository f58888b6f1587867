import { useRef } from 'preact/hooks';

/** A counter as it was read, and when (seconds of a clock that does not jump). */
export type Reading = { value: number; seconds: number };

/** Increase per second between two readings; `null` after a reset or without time between them. */
export function ratePerSecond(earlier: Reading, later: Reading): number | null {
  const elapsed = later.seconds - earlier.seconds;
  if (elapsed <= 0 || later.value < earlier.value) return null;
  return (later.value - earlier.value) / elapsed;
}

/** The rate of a counter that is read again and again; `null` until the second reading. */
export function useRate(value: number | undefined, reading: unknown): number | null {
  const state = useRef<{ reading: unknown; last: Reading | null; rate: number | null }>({
    reading: undefined,
    last: null,
    rate: null,
  });
  const { current } = state;
  if (value !== undefined && reading !== current.reading) {
    const next = { value, seconds: performance.now() / 1000 };
    current.rate = current.last ? ratePerSecond(current.last, next) : null;
    current.last = next;
    current.reading = reading;
  }
  return current.rate;
}
