/**
 * Why a request brought nothing. The first group is the Prometheus API's own
 * `errorType`; the second is what a client meets on the way.
 */
export type ApiError =
  | { kind: 'bad_data'; message: string }
  | { kind: 'execution'; message: string }
  | { kind: 'timeout'; message: string }
  | { kind: 'canceled'; message: string }
  | { kind: 'internal'; message: string }
  | { kind: 'unavailable'; message: string }
  | { kind: 'not_found'; message: string }
  | { kind: 'not_acceptable'; message: string }
  /** The server could not be reached. */
  | { kind: 'network'; message: string }
  /** The caller gave up: never shown. */
  | { kind: 'aborted'; message: string }
  /** An answer that is not the API's: a proxy's page, a missing route. */
  | { kind: 'http'; status: number; message: string; body?: Record<string, unknown> };

export type ServerErrorKind = Exclude<ApiError['kind'], 'network' | 'aborted' | 'http'>;

const serverErrorKinds: readonly string[] = [
  'bad_data',
  'execution',
  'timeout',
  'canceled',
  'internal',
  'unavailable',
  'not_found',
  'not_acceptable',
] satisfies ServerErrorKind[];

export function isServerErrorKind(kind: string | undefined): kind is ServerErrorKind {
  return kind !== undefined && serverErrorKinds.includes(kind);
}

export type Result<T> =
  | { ok: true; data: T; warnings: string[]; infos: string[] }
  | { ok: false; error: ApiError };
