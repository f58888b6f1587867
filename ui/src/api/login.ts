import { withBase } from '../router/location';
import type { Result } from './errors';
import { decodeJson } from './json';

/** Why a login was refused; `seconds` is how long nobody may try. */
export type LoginRefusal =
  | { kind: 'wrong' }
  | { kind: 'locked'; seconds: number }
  | { kind: 'failed'; message: string };

/** Logs in with a cookie that only the server can read. `null` is success. */
export async function logIn(user: string, password: string): Promise<LoginRefusal | null> {
  let response: Response;
  try {
    response = await send('/login', { user, password });
  } catch (cause) {
    return { kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
  }
  if (response.ok) return null;
  if (response.status === 401) return { kind: 'wrong' };
  if (response.status === 429) {
    return { kind: 'locked', seconds: Number(response.headers.get('Retry-After')) || 60 };
  }
  const result = decodeJson<unknown>(response.status, await response.text());
  return {
    kind: 'failed',
    message: result.ok ? `the server answered ${response.status}` : result.error.message,
  };
}

export async function logOut(): Promise<Result<unknown>> {
  try {
    const response = await send('/logout', {});
    return decodeJson(response.status, await response.text());
  } catch (cause) {
    return {
      ok: false,
      error: { kind: 'network', message: cause instanceof Error ? cause.message : String(cause) },
    };
  }
}

/** Not through `fetchPath`: a wrong password is no reason to ask for it in a dialog. */
function send(path: string, body: unknown): Promise<Response> {
  return fetch(withBase(path), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(body),
  });
}
