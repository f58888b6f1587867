import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { withBase } from '../router/location';

const serverEvents = [
  'config-reload',
  'target-health-changed',
  'dashboard-changed',
  'folders-changed',
  'datasources-changed',
] as const;

export type ServerEvent = (typeof serverEvents)[number];

/** What the server tells with `dashboard-changed`. */
export type DashboardChange = {
  uid: string;
  title: string;
  version: number;
  change: 'created' | 'updated' | 'deleted';
  /** A login, or `provisioning`. */
  by: string;
};

/** Whether this server has the stream; one that only speaks Prometheus's API has not. */
export const hasServerEvents = signal(false);

/** `call` gets the data of the event, or nothing where events were missed. */
type Listener = { names: readonly ServerEvent[]; call(data?: string): void };

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
  const remove = addListener({ names, call: () => call() });
  return () => {
    clearTimeout(timer);
    remove();
  };
}

/**
 * Calls at once with each change of a dashboard, and without one where changes may
 * have been missed: then look whether what is shown is still the newest.
 */
export function onDashboardChanged(onChange: (change: DashboardChange | undefined) => void): () => void {
  return addListener({
    names: ['dashboard-changed'],
    call: (data) => onChange(data === undefined ? undefined : parseChange(data)),
  });
}

/** `onDashboardChanged` while the component is shown. */
export function useDashboardChanged(onChange: (change: DashboardChange | undefined) => void): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => onDashboardChanged((change) => latest.current(change)), []);
}

/** Nothing where the data is not what this program knows: then it is as if it had been missed. */
export function parseChange(data: string): DashboardChange | undefined {
  let value: Partial<Record<keyof DashboardChange, unknown>> | null;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  const { uid, title, version, change, by } = value ?? {};
  if (typeof uid !== 'string' || typeof title !== 'string' || typeof by !== 'string') return undefined;
  if (typeof version !== 'number') return undefined;
  if (change !== 'created' && change !== 'updated' && change !== 'deleted') return undefined;
  return { uid, title, version, change, by };
}

function addListener(listener: Listener): () => void {
  listeners.value = [...listeners.peek(), listener];
  stopStream ??= startStream();
  return () => {
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

function tell(name: ServerEvent, data: string): void {
  for (const { names, call } of listeners.peek()) if (names.includes(name)) call(data);
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
    for (const name of serverEvents) {
      opened.addEventListener(name, (event: MessageEvent<string>) => tell(name, event.data));
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
