import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { withBase } from '../router/location';

export type ServerEvent = 'config-reload' | 'target-health-changed';

/** Whether this server has the stream; one that only speaks Prometheus's API has not. */
export const hasServerEvents = signal(false);

type Listener = { names: readonly ServerEvent[]; call(): void };

/** The least time between two calls of a listener, however much happens. */
const pauseMilliseconds = 1000;
/** Before a stream that the server refused is asked for again. */
const retryMilliseconds = 10_000;

const listeners = signal<readonly Listener[]>([]);

/**
 * Calls when one of the events happened on the server, at most once a second,
 * until the returned function is called. A browser has few connections for all
 * of its tabs, so all listeners of a tab share one stream, and a hidden tab
 * holds none: what it missed is one call when it is seen again.
 */
export function onServerEvents(names: readonly ServerEvent[], onEvent: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMilliseconds = Number.NEGATIVE_INFINITY;
  const call = () => {
    if (timer !== undefined) return;
    const wait = Math.max(0, lastMilliseconds + pauseMilliseconds - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      lastMilliseconds = performance.now();
      onEvent();
    }, wait);
  };
  const listener = { names, call };
  listeners.value = [...listeners.peek(), listener];
  stopStream ??= startStream();
  return () => {
    clearTimeout(timer);
    listeners.value = listeners.peek().filter((other) => other !== listener);
    if (listeners.peek().length > 0) return;
    stopStream?.();
    stopStream = undefined;
  };
}

/** `onServerEvents` while the component is shown. */
export function useServerEvents(names: readonly ServerEvent[], onEvent: () => void): void {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => onServerEvents(names, () => latest.current()), [names.join()]);
}

let stopStream: (() => void) | undefined;

function tell(name: ServerEvent): void {
  for (const { names, call } of listeners.peek()) if (names.includes(name)) call();
}

/** Holds the stream while the server has it and the page is visible. */
function startStream(): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isBehind = false;
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  };
  const follow = () => {
    const isWanted = hasServerEvents.value && !document.hidden;
    if (isWanted && !source) open();
    if (isWanted || !source) return;
    close();
    isBehind = true;
  };
  const open = () => {
    const opened = new EventSource(withBase('/api/monopod/v1/events'));
    source = opened;
    for (const name of ['config-reload', 'target-health-changed'] as const) {
      opened.addEventListener(name, () => tell(name));
    }
    opened.addEventListener('open', () => {
      if (isBehind) for (const { call } of listeners.peek()) call();
      isBehind = false;
    });
    // A lost connection is taken up again by the browser, a refusal is not.
    opened.addEventListener('error', () => {
      isBehind = true;
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      retry = setTimeout(() => {
        close();
        follow();
      }, retryMilliseconds);
    });
  };
  const stop = effect(follow);
  document.addEventListener('visibilitychange', follow);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', follow);
    close();
  };
}
