import { signal } from '@preact/signals';
import { type ApiError, isServerErrorKind, type Result } from './errors';
import { fetchPath } from './fetch';

export type Params = Record<string, string | number | boolean | readonly string[] | undefined>;

export type RequestOptions = { signal?: AbortSignal };

type Envelope = {
  status: 'success' | 'error';
  data?: unknown;
  errorType?: string;
  error?: string;
  warnings?: string[];
  infos?: string[];
};

/** Whether the last request that ended found a server. The shell's banner watches it. */
export const serverReachable = signal(true);

export function encodeParams(params: Params): URLSearchParams {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) encoded.append(name, String(item));
  }
  return encoded;
}

/** GET of a Prometheus-style endpoint, `path` below the base path. `T` is what the endpoint promises. */
export function get<T>(path: string, params: Params = {}, options: RequestOptions = {}): Promise<Result<T>> {
  const query = encodeParams(params).toString();
  return send<T>(query ? `${path}?${query}` : path, { signal: options.signal });
}

/** POST with a form body, for expressions longer than a URL should be and for actions. */
export function post<T>(path: string, params: Params = {}, options: RequestOptions = {}): Promise<Result<T>> {
  return send<T>(path, { method: 'POST', body: encodeParams(params), signal: options.signal });
}

async function send<T>(path: string, init: RequestInit): Promise<Result<T>> {
  let response: Response;
  let body: string;
  try {
    response = await fetchPath(path, { ...init, headers: { Accept: 'application/json' } });
    body = await response.text();
  } catch (cause) {
    if (init.signal?.aborted) return failed({ kind: 'aborted', message: 'request aborted' });
    serverReachable.value = false;
    return failed({ kind: 'network', message: cause instanceof Error ? cause.message : String(cause) });
  }
  // A gateway answers these for a server that is gone.
  serverReachable.value = response.status !== 502 && response.status !== 504;
  return decode<T>(response.status, body);
}

export function decode<T>(status: number, body: string): Result<T> {
  let envelope: Envelope | undefined;
  try {
    const parsed: unknown = body === '' ? undefined : JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'status' in parsed) envelope = parsed as Envelope;
  } catch {
    // Not JSON: told apart below.
  }
  if (envelope?.status === 'success') {
    return {
      ok: true,
      data: envelope.data as T,
      warnings: envelope.warnings ?? [],
      infos: envelope.infos ?? [],
    };
  }
  const message = envelope?.error ?? (body.trim().slice(0, 500) || `the server answered ${status}`);
  if (isServerErrorKind(envelope?.errorType)) return failed({ kind: envelope.errorType, message });
  if (status === 503) return failed({ kind: 'unavailable', message });
  if (!envelope && status >= 200 && status < 300 && body.trim() === '') {
    return { ok: true, data: undefined as T, warnings: [], infos: [] };
  }
  return failed({ kind: 'http', status, message });
}

function failed(error: ApiError): { ok: false; error: ApiError } {
  return { ok: false, error };
}
