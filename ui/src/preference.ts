import { effect, type Signal, signal } from '@preact/signals';

/**
 * A choice of this browser's user, kept in localStorage under `monopod.NAME`
 * and shared with the other open tabs. Anything unreadable counts as unset.
 */
export function preference<T extends string | number | boolean>(
  name: string,
  fallback: T,
  isValid: (value: unknown) => value is T,
): Signal<T> {
  const key = `monopod.${name}`;
  const read = (): T => {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
      return isValid(value) ? value : fallback;
    } catch {
      return fallback;
    }
  };
  const current = signal<T>(read());
  effect(() => {
    const value = current.value;
    try {
      if (value === read()) return;
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Private windows refuse storage; the choice then lasts for this page.
    }
  });
  globalThis.addEventListener?.('storage', (event) => {
    if ((event as StorageEvent).key === key) current.value = read();
  });
  return current;
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export function isOneOf<T extends string>(...choices: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => (choices as readonly unknown[]).includes(value);
}
