import { useEffect, useRef } from 'preact/hooks';
import { withBase } from '../router/location';
import { server } from '../shell/server';

export type ServerEvent = 'config-reload' | 'target-health-changed';

/** The least time between two calls, however much happens. */
const pauseMilliseconds = 1000;

/**
 * Calls when one of the events happened on the server, at most once a second;
 * a page then need not wait for its next refresh. Servers without the stream
 * never call.
 */
export function useServerEvents(names: readonly ServerEvent[], onEvent: () => void): void {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  const hasStream = server.value !== null;
  useEffect(() => {
    if (!hasStream) return;
    const source = new EventSource(withBase('/api/monopod/v1/events'));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastMilliseconds = Number.NEGATIVE_INFINITY;
    const call = () => {
      if (timer !== undefined) return;
      const wait = Math.max(0, lastMilliseconds + pauseMilliseconds - performance.now());
      timer = setTimeout(() => {
        timer = undefined;
        lastMilliseconds = performance.now();
        latest.current();
      }, wait);
    };
    for (const name of names) source.addEventListener(name, call);
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [hasStream, names.join()]);
}
