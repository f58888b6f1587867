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
 * Loads when `identity` or `moment` changes, and whenever the component is
 * shown. Another identity aborts what is under way and forgets the old answer;
 * another moment asks the same again: it waits for what is under way, so that
 * a slow server still gets to answer.
 */
export function useResult<T>(
  load: (signal: AbortSignal) => Promise<Result<T>>,
  identity: string,
  moment: unknown = 0,
): Signal<Loaded<T>> {
  const state = useSignal<Loaded<T>>({ data: null, error: null, loading: true });
  const latest = useRef(load);
  latest.current = load;
  const request = useRef<{ identity: string; abort: AbortController; isStale: boolean } | null>(null);

  const start = () => {
    const own = { identity, abort: new AbortController(), isStale: false };
    request.current = own;
    state.value = { ...state.peek(), loading: true };
    latest.current(own.abort.signal).then((result) => {
      if (request.current !== own) return;
      request.current = null;
      if (result.ok) state.value = { data: result.data, error: null, loading: false };
      else state.value = { data: state.peek().data, error: result.error, loading: false };
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
      state.value = { data: null, error: null, loading: true };
      request.current?.abort.abort();
      request.current = null;
    },
    [identity],
  );
  return state;
}
