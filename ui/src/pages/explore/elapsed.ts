import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Entry } from './session';

/** A query faster than this never shows that it runs: the page would only flicker. */
const patienceSeconds = 0.4;

/** For how long a query has been running, ten times a second; `null` while it does not, or not for long. */
export function useElapsedSeconds({ graph, table }: Entry): number | null {
  const started = graph.state.value.startedMilliseconds ?? table.state.value.startedMilliseconds;
  const now = useSignal(0);
  useEffect(() => {
    if (started === null) return;
    now.value = performance.now();
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 100);
    return () => clearInterval(timer);
  }, [started]);
  if (started === null) return null;
  const seconds = (now.value - started) / 1000;
  return seconds >= patienceSeconds ? seconds : null;
}
