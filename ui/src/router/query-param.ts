import { computed, type ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type HistoryEntry, query, setQuery } from './location';

/** How one query parameter is read and written. `write` gives `null` for the default, which stays out of the URL. */
export type QueryCodec<T> = {
  read(values: string[]): T;
  write(value: T): string | readonly string[] | null;
};

export function stringParam(fallback = ''): QueryCodec<string> {
  return {
    read: ([first]) => first ?? fallback,
    write: (value) => (value === fallback ? null : value),
  };
}

export function booleanParam(fallback = false): QueryCodec<boolean> {
  return {
    read: ([first]) => (first === undefined ? fallback : first === '1' || first === 'true'),
    write: (value) => (value === fallback ? null : value ? '1' : '0'),
  };
}

export function numberParam(fallback: number): QueryCodec<number> {
  return {
    read: ([first]) => {
      const value = Number(first ?? Number.NaN);
      return Number.isFinite(value) && first !== '' ? value : fallback;
    },
    write: (value) => (value === fallback ? null : String(value)),
  };
}

export function choiceParam<T extends string>(choices: readonly T[], fallback: T): QueryCodec<T> {
  return {
    read: ([first]) => choices.find((choice) => choice === first) ?? fallback,
    write: (value) => (value === fallback ? null : value),
  };
}

export function listParam(): QueryCodec<string[]> {
  return { read: (values) => values, write: (value) => value };
}

/**
 * One query parameter as a signal: `value` reads, `set` writes. Replacing is
 * the default; push an entry for what the Back button should undo.
 */
export type QueryParam<T> = {
  readonly value: T;
  readonly signal: ReadonlySignal<T>;
  set(value: T, entry?: HistoryEntry): void;
};

export function queryParam<T>(name: string, codec: QueryCodec<T>): QueryParam<T> {
  let last: { text: string; value: T } | undefined;
  const current = computed(() => {
    const values = query.value.getAll(name);
    const text = JSON.stringify(values);
    // The same text keeps the same object, so that lists do not look changed.
    if (last?.text !== text) last = { text, value: codec.read(values) };
    return last.value;
  });
  return {
    get value() {
      return current.value;
    },
    signal: current,
    set: (value, entry) => setQuery({ [name]: codec.write(value) }, entry),
  };
}

/** `queryParam` for the life of a component. The codec of the first render counts. */
export function useQueryParam<T>(name: string, codec: QueryCodec<T>): QueryParam<T> {
  return useMemo(() => queryParam(name, codec), [name]);
}
