import type { Result } from './errors';
import { get, type RequestOptions } from './request';

/** Monopod's own view of itself, `/api/monopod/v1/status`; parts are null while it starts. */
export type ServerStatus = {
  state: 'starting' | 'ready' | 'stopping' | (string & Record<never, never>);
  version: string;
  prometheusVersion: string;
  revision: string;
  goVersion: string;
  startTime: string;
  uptimeSeconds: number;
  routePrefix: string;
  /** Whether reloading and quitting over HTTP is allowed. */
  lifecycleEnabled: boolean;
  adminEnabled: boolean;
  config: ConfigReload | null;
  storage: StorageState | null;
  targets: TargetCounts | null;
  /** Null or absent where the server does not tell. */
  memory?: Memory | null;
  heldBack?: HeldBack | null;
};

/** The highest step of what is given up for want of memory. */
export type MemoryLevel = 'normal' | 'caches' | 'series' | 'sampling';

export type Memory = {
  limitBytes: number;
  /** `flag`, `GOMEMLIMIT`, `cgroup` or `machine`. */
  source: string;
  goalBytes: number;
  /** What no collection of garbage gives back. */
  heldBytes: number;
  mappedBytes: number;
  /** `heldBytes` in relation to `goalBytes`. */
  pressure: number;
  level: MemoryLevel;
  /** Memory has been short since the start. */
  degraded: boolean;
  cacheShare: number;
  /** `usedBytes` is null where it is not known. */
  parts: { name: string; budgetBytes: number; usedBytes: number | null }[];
  series: number;
  maxSeries: number;
  maxSeriesPerTarget: number;
  everythingRefused: boolean;
  /** The culprit first. */
  refused: {
    scrapePool: string;
    scrapeUrl: string;
    cause: 'new' | 'series';
    series: number;
    newSeries: number;
    since: string;
  }[];
  stretched: { scrapePool: string; factor: number; since: string }[];
};

/** Targets of which series are left out; `count` is how many, `targets` those that lose most. */
export type HeldBack = {
  count: number;
  targets: {
    scrapePool: string;
    scrapeUrl: string;
    series: number;
    seriesRefused: number;
    refusedReason: string;
    refusedSince: string | null;
  }[];
};

export type ConfigReload = {
  successful: boolean;
  error: string;
  /** What asked for the reload: a signal, a changed file, a request. */
  cause: string;
  attempt: string | null;
  success: string | null;
};

export type StorageState = {
  path: string;
  replay: { done: boolean; min: number; max: number; current: number } | null;
  retention: string | null;
  head: {
    numSeries: number;
    numLabelPairs: number;
    chunkCount: number;
    minTime: number;
    maxTime: number;
  } | null;
  usage: {
    logBytes: number;
    headBytes: number;
    blockBytes: number;
    freeBytes: number;
    samplesAppended: number;
    /** Milliseconds since the epoch. */
    oldestTime: number;
  } | null;
  blocks: number | null;
};

export type TargetCounts = { up: number; down: number; unknown: number; dropped: number };

export function serverStatus(options: RequestOptions = {}): Promise<Result<ServerStatus>> {
  return get('/api/monopod/v1/status', {}, options);
}
