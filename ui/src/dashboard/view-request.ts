import type { Result } from '../api/errors';
import type { Frame } from '../frame/frame';
import type { DataSourceRef, Target } from './model';

/** One query of a view: which answer belongs to it is told by `key`. */
export type ViewQuery = {
  key: string;
  datasource: DataSourceRef;
  /** Variables are put in. */
  target: Target;
  intervalMs: number;
  maxDataPoints: number;
  /** Milliseconds; absent: those of the request. */
  from?: number;
  to?: number;
  /** Queries of one number may refer to each other in expressions. */
  panel?: number;
};

export type ViewRequest = { from: number; to: number; timeZone: string; queries: ViewQuery[] };

export type ViewCost = { milliseconds: number; samples?: number; bytes: number; shared: boolean };

export type ViewAnswer = {
  key: string;
  frames: Frame[];
  error?: { message: string; kind: string };
  cost: ViewCost;
};

/** Asks for a view; answers come one by one. */
export type AskView = (
  request: ViewRequest,
  onAnswer: (answer: ViewAnswer) => void,
  signal: AbortSignal,
) => Promise<Result<void>>;
