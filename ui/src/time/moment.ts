import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

export type Moment = {
  /** Changes with every refresh: hand it to what loads. */
  readonly value: number;
  refresh(): void;
};

/** Counts on every few seconds while the page is visible, and at once when it becomes so. */
export function useMoment(seconds: number): Moment {
  const moment = useMemo(() => {
    const count = signal(0);
    return {
      get value() {
        return count.value;
      },
      refresh: () => {
        count.value = count.peek() + 1;
      },
    };
  }, []);
  useEffect(() => {
    let lastMilliseconds = performance.now();
    const refreshIfDue = () => {
      if (document.hidden || performance.now() - lastMilliseconds < seconds * 1000 - 50) return;
      lastMilliseconds = performance.now();
      moment.refresh();
    };
    const timer = setInterval(refreshIfDue, seconds * 1000);
    document.addEventListener('visibilitychange', refreshIfDue);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refreshIfDue);
    };
  }, [seconds]);
  return moment;
}
