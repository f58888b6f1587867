import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { query, setQuery } from '../router/location';
import { formatDuration, parseDuration } from './duration';
import {
  absoluteRange,
  isRelative,
  type RawRange,
  resolveRange,
  shifted,
  type TimeWindow,
  zoomedOut,
} from './range';
import { zone as ownZone, type Zone } from './zone';

export type TimeDefaults = RawRange & {
  /** Seconds between refreshes, 0 for never. */
  refreshSeconds: number;
};

/**
 * What time a page shows, as the URL says (`from`, `to`, `refresh`), and when
 * it was last refreshed. Everything that queries depends on `window`, which
 * changes with the range and with every refresh.
 */
export type TimeControl = {
  /** In which zone its times are read and shown. */
  zone: ReadonlySignal<Zone>;
  /** For this page alone. Absent: the zone is that of the whole UI. */
  setZone?(zone: Zone): void;
  range: ReadonlySignal<RawRange>;
  window: ReadonlySignal<TimeWindow>;
  refreshSeconds: ReadonlySignal<number>;
  setRange(range: RawRange): void;
  /** Zooms to a part, as dragging over a chart does. */
  zoomTo(startSeconds: number, endSeconds: number): void;
  zoomOut(): void;
  shift(direction: -1 | 1): void;
  setRefresh(seconds: number): void;
  refresh(): void;
};

const nowSeconds = () => Date.now() / 1000;

/** `defaults` as a signal where they may change under an open page. */
export function createTimeControl(
  given: TimeDefaults | ReadonlySignal<TimeDefaults>,
  zone: ReadonlySignal<Zone> = ownZone,
): TimeControl {
  const defaultsOf = () => ('from' in given ? given : given.value);
  const now = signal(nowSeconds());
  const range = computed<RawRange>(() => {
    const defaults = defaultsOf();
    const raw = {
      from: query.value.get('from') ?? defaults.from,
      to: query.value.get('to') ?? defaults.to,
    };
    return resolveRange(raw, now.value, zone.value) ? raw : { from: defaults.from, to: defaults.to };
  });
  const refreshSeconds = computed(() => {
    const text = query.value.get('refresh');
    const defaults = defaultsOf();
    if (text === null) return isRelative(range.value) ? defaults.refreshSeconds : 0;
    return parseDuration(text) ?? 0;
  });
  const window = computed<TimeWindow>(
    () =>
      resolveRange(range.value, now.value, zone.value) ?? {
        startSeconds: now.value - 3600,
        endSeconds: now.value,
      },
  );
  const refresh = () => {
    now.value = nowSeconds();
  };
  const setRange = (next: RawRange) => {
    refresh();
    const defaults = defaultsOf();
    const isDefault = next.from === defaults.from && next.to === defaults.to;
    setQuery(isDefault ? { from: null, to: null } : { from: next.from, to: next.to }, 'push');
  };
  return {
    zone,
    range,
    window,
    refreshSeconds,
    setRange,
    refresh,
    zoomTo: (startSeconds, endSeconds) => setRange(absoluteRange(startSeconds, endSeconds)),
    zoomOut: () => setRange(zoomedOut(window.peek(), nowSeconds())),
    shift: (direction) => setRange(shifted(window.peek(), direction, nowSeconds())),
    setRefresh: (seconds) => {
      const text = seconds === 0 ? 'off' : formatDuration(seconds);
      setQuery({ refresh: seconds === defaultsOf().refreshSeconds ? null : text });
      refresh();
    },
  };
}

/** The time control of a page. Refreshes by itself while the page is visible and the range follows now. */
export function useTimeControl(defaults: TimeDefaults): TimeControl {
  const control = useMemo(() => createTimeControl(defaults), []);
  useAutoRefresh(control);
  return control;
}

/** Refreshes the control while the page is visible. */
export function useAutoRefresh(control: TimeControl): void {
  const seconds = control.refreshSeconds.value;
  useEffect(() => {
    if (seconds <= 0) return;
    let lastMilliseconds = performance.now();
    const refreshIfDue = () => {
      if (document.hidden || performance.now() - lastMilliseconds < seconds * 1000 - 50) return;
      lastMilliseconds = performance.now();
      control.refresh();
    };
    const timer = setInterval(refreshIfDue, Math.max(250, seconds * 1000));
    document.addEventListener('visibilitychange', refreshIfDue);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refreshIfDue);
    };
  }, [seconds, control]);
}
