/** Shapes of the Prometheus HTTP API, as the server sends them. */

export type Labels = Record<string, string>;

/** [seconds since the epoch, value as text] */
export type RawPoint = [time: number, value: string];

export type RawHistogram = {
  count: string;
  sum: string;
  /** [boundary rule, lower, upper, count] */
  buckets?: [rule: number, lower: string, upper: string, count: string][];
};

export type RawVectorSample = {
  metric: Labels;
  value?: RawPoint;
  histogram?: [time: number, histogram: RawHistogram];
};

export type RawSeries = {
  metric: Labels;
  values?: RawPoint[];
  histograms?: [time: number, histogram: RawHistogram][];
};

export type RawQueryData =
  | { resultType: 'vector'; result: RawVectorSample[]; stats?: QueryStats }
  | { resultType: 'matrix'; result: RawSeries[]; stats?: QueryStats }
  | { resultType: 'scalar'; result: RawPoint; stats?: QueryStats }
  | { resultType: 'string'; result: RawPoint; stats?: QueryStats };

export type QueryStats = {
  timings: {
    evalTotalTime: number;
    resultSortTime: number;
    queryPreparationTime: number;
    innerEvalTime: number;
    execQueueTime: number;
    execTotalTime: number;
  };
  samples: { totalQueryableSamples: number; peakSamples: number };
};

export type MetricType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown';

export type MetricMetadata = { type: MetricType; help: string; unit: string };

export type TargetHealth = 'up' | 'down' | 'unknown';

export type ActiveTarget = {
  discoveredLabels: Labels;
  labels: Labels;
  scrapePool: string;
  scrapeUrl: string;
  globalUrl: string;
  lastError: string;
  /** RFC 3339; the year 1 before the first scrape. */
  lastScrape: string;
  /** Seconds. */
  lastScrapeDuration: number;
  health: TargetHealth;
  /** Prometheus durations: `15s`. */
  scrapeInterval: string;
  scrapeTimeout: string;
};

export type DroppedTarget = { discoveredLabels: Labels; scrapePool?: string };

export type TargetsData = {
  activeTargets: ActiveTarget[];
  droppedTargets: DroppedTarget[];
  droppedTargetCounts: Record<string, number> | null;
};

export type RuntimeInfo = {
  startTime: string;
  CWD: string;
  hostname: string;
  serverTime: string;
  reloadConfigSuccess: boolean;
  lastConfigTime: string;
  corruptionCount: number;
  goroutineCount: number;
  GOMAXPROCS: number;
  GOMEMLIMIT: number;
  GOGC: string;
  GODEBUG: string;
  storageRetention: string;
};

export type BuildInfo = {
  version: string;
  revision: string;
  branch: string;
  buildUser: string;
  buildDate: string;
  goVersion: string;
};

export type Count = { name: string; value: number };

export type TSDBStatus = {
  headStats: {
    numSeries: number;
    numLabelPairs: number;
    chunkCount: number;
    minTime: number;
    maxTime: number;
  };
  seriesCountByMetricName: Count[];
  labelValueCountByLabelName: Count[];
  memoryInBytesByLabelName: Count[];
  seriesCountByLabelValuePair: Count[];
};

export type WALReplayStatus = { min: number; max: number; current: number };
