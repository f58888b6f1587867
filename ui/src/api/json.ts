import { type ApiError, isServerErrorKind, type Result } from './errors';
import { fetchPath } from './fetch';
import { encodeParams, type Params, type RequestOptions, serverReachable } from './request';

/**
 * Endpoints outside of Prometheus's API: Grafana's and Monopod's own. They answer
 * plain JSON, and errors as `{message, status?}` with an HTTP status.
 */
export type JsonMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type JsonOptions = RequestOptions & { params?: Params; body?: unknown };

/** An error's whole body, where an endpoint tells more than a message: `errorBody(error)?.current`. */
export function errorBody(error: ApiError): Record<string, unknown> | undefined {
  return error.kind === 'http' ? error.body : undefined;
}

/** `T` is what the endpoint promises. */
export async function requestJson<T>(
  method: JsonMethod,
  path: string,
  { params, body, signal }: JsonOptions = {},
): Promise<Result<T>> {
  const query = encodeParams(params ?? {}).toString();
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  let answer: string;
  try {
    response = await fetchPath(query ? `${path}?${query}` : path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    answer = await response.text();
  } catch (cause) {
    if (signal?.aborted) return { ok: false, error: { kind: 'aborted', message: 'request aborted' } };
    serverReachable.value = false;
    const message = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, error: { kind: 'network', message } };
  }
  serverReachable.value = response.status !== 502 && response.status !== 504;
  return decodeJson<T>(response.status, answer);
}

export function decodeJson<T>(status: number, answer: string): Result<T> {
  let parsed: unknown;
  try {
    parsed = answer.trim() === '' ? undefined : JSON.parse(answer);
  } catch {
    if (status < 300) {
      return { ok: false, error: { kind: 'http', status, message: 'the answer is not JSON' } };
    }
  }
  if (status >= 200 && status < 300) return { ok: true, data: parsed as T, warnings: [], infos: [] };
  const body =
    typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  const said = body?.message ?? body?.error;
  const message =
    typeof said === 'string' && said !== ''
      ? said
      : answer.trim().slice(0, 500) || `the server answered ${status}`;
  if (typeof body?.errorType === 'string' && isServerErrorKind(body.errorType)) {
    return { ok: false, error: { kind: body.errorType, message } };
  }
  return { ok: false, error: { kind: 'http', status, message, body } };
}
