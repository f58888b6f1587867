import { withBase } from '../router/location';

/**
 * Asks the person to log in, and tells whether it is worth asking the server
 * again. `isChange` is false for what only reads.
 */
export type LoginAsker = (isChange: boolean) => Promise<boolean>;

/** What is sent with POST for its length alone. */
const asks = /^\/api\/(v1\/|ds\/query|monopod\/v1\/(view|variable)\b)/;

let asker: LoginAsker | undefined;

/** The shell puts its login in here; without it a refusal is an error like others. */
export function setLoginAsker(ask: LoginAsker): void {
  asker = ask;
}

/**
 * `fetch` of a path below the base path. Where the server wants to know who asks,
 * the person is asked, and the request is made again: what was about to be saved
 * is not lost with a session that has expired.
 */
export async function fetchPath(path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const response = await fetch(withBase(path), init);
    if (response.status !== 401 || !asker) return response;
    const isChange = init.method !== undefined && init.method !== 'GET' && !asks.test(path);
    if (!(await untilAborted(asker(isChange), init.signal))) return response;
  }
}

/** False where the signal comes first: its caller has gone. */
function untilAborted(answer: Promise<boolean>, signal: AbortSignal | null | undefined): Promise<boolean> {
  if (!signal) return answer;
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(false), { once: true });
    answer.then(resolve);
  });
}
