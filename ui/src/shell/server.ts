import { computed, signal } from '@preact/signals';
import { type ServerStatus, serverStatus } from '../api/monopod';
import { runtimeInfo, walReplay } from '../api/prometheus';
import { serverReachable } from '../api/request';
import { hasServerEvents, onServerEvents } from '../api/server-events';
import { text } from '../i18n/text';
import { toast } from './toasts';

/**
 * What the shell knows of the server: one small request every few seconds
 * while the page is visible, more often while something is wrong, and one at
 * once when the server tells of a reload. A server
 * that does not know Monopod's own status answers Prometheus's endpoints.
 */
export const server = signal<ServerStatus | null>(null);

type Trouble = {
  /** Fraction of the write-ahead log that was read back. */
  replay: number | null;
  reloadError: { message: string } | null;
};

const trouble = signal<Trouble>({ replay: null, reloadError: null });

export const replayFraction = computed(() => trouble.value.replay);
export const reloadError = computed(() => trouble.value.reloadError);

const calmMilliseconds = 10_000;
const alertMilliseconds = 2_000;

export function startServerWatch(): () => void {
  let timer = 0;
  let stopped = false;
  let hasOwnStatus = true;
  let wasReachable = serverReachable.peek();

  const check = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    if (hasOwnStatus) hasOwnStatus = await checkOwnStatus();
    if (!hasOwnStatus) await checkPrometheus();
    if (stopped) return;
    const isReachable = serverReachable.peek();
    const isCalm = isReachable && trouble.peek().replay === null;
    clearTimeout(timer);
    timer = window.setTimeout(check, isCalm ? calmMilliseconds : alertMilliseconds);
  };
  // Any request may be the one that finds no server, which starts the closer watch at once, or finds it again.
  const unsubscribe = serverReachable.subscribe((isReachable) => {
    if (isReachable && !wasReachable) toast({ level: 'ok', message: text.peek().banner.recovered });
    wasReachable = isReachable;
    if (isReachable) return;
    clearTimeout(timer);
    timer = window.setTimeout(check, alertMilliseconds);
  });
  const stopEvents = onServerEvents(['config-reload'], check);
  document.addEventListener('visibilitychange', check);
  window.addEventListener('online', check);
  void check();
  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
    stopEvents();
    document.removeEventListener('visibilitychange', check);
    window.removeEventListener('online', check);
  };
}

/** False when the server has no such endpoint. */
async function checkOwnStatus(): Promise<boolean> {
  const result = await serverStatus();
  if (!result.ok) return !(result.error.kind === 'http' && result.error.status === 404);
  const { data } = result;
  server.value = data;
  hasServerEvents.value = true;
  const replay = data.storage?.replay;
  trouble.value = {
    replay: data.state === 'starting' && replay && !replay.done ? replayed(replay) : null,
    reloadError: data.config && !data.config.successful ? { message: data.config.error } : null,
  };
  return true;
}

async function checkPrometheus(): Promise<void> {
  const info = await runtimeInfo();
  if (info.ok) {
    trouble.value = { replay: null, reloadError: info.data.reloadConfigSuccess ? null : { message: '' } };
    return;
  }
  if (info.error.kind !== 'unavailable') return;
  const replay = await walReplay();
  if (replay.ok) trouble.value = { ...trouble.peek(), replay: replayed(replay.data) };
}

function replayed({ min, max, current }: { min: number; max: number; current: number }): number {
  return max > min ? Math.min(1, Math.max(0, (current - min) / (max - min))) : 0;
}
