import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiError, Result } from './errors';

export type Loaded<T> = {
  /** The last answer; it stays while the next one loads and when that fails. */
  data: T | null;
  error: ApiError | null;
  loading: boolean;
};

/**
 * Loads when `identity` or `moment` changes. Another identity is another
 * question: it aborts what is under way. Another moment asks the same again, and
 * waits for what is under way, so that a slow server still gets to answer.
 *
 * The old answer stays until the next one is there, so that nothing flickers;
 * only a question that fails takes the answer to another question away. Give
 * the component a key where an old answer must not be seen.
 */
export function useResult<T>(
  load: (signal: AbortSignal) => Promise<Result<T>>,
  identity: string,
  moment: unknown = 0,
): Signal<Loaded<T>> {
  const state = useSignal<Loaded<T>>({ data: null, error: null, loading: true });
  const latest = useRef(load);
  latest.current = load;
  const answered = useRef<string | null>(null);
  const request = useRef<{ identity: string; abort: AbortController; isStale: boolean } | null>(null);

  const start = () => {
    const own = { identity, abort: new AbortController(), isStale: false };
    request.current = own;
    state.value = { ...state.peek(), loading: true };
    latest.current(own.abort.signal).then((result) => {
      if (request.current !== own) return;
      request.current = null;
      if (result.ok) {
        answered.current = own.identity;
        state.value = { data: result.data, error: null, loading: false };
      } else {
        const isOwn = answered.current === own.identity;
        state.value = { data: isOwn ? state.peek().data : null, error: result.error, loading: false };
      }
      if (own.isStale) start();
    });
  };
  useEffect(() => {
    const running = request.current;
    if (running?.identity === identity) {
      running.isStale = true;
      return;
    }
    running?.abort.abort();
    start();
  }, [identity, moment]);
  useEffect(
    () => () => {
      request.current?.abort.abort();
      request.current = null;
    },
    [],
  );
  return state;
}
