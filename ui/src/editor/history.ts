import { signal } from '@preact/signals';

const storageKey = 'monopod.query-history';
const maxEntries = 100;

/** `expr` in front of `list`, once; the oldest fall off. */
export function withRun(list: readonly string[], expr: string): readonly string[] {
  const trimmed = expr.trim();
  if (trimmed === '' || list[0] === trimmed) return list;
  return [trimmed, ...list.filter((other) => other !== trimmed)].slice(0, maxEntries);
}

export function parseHistory(text: string | null): string[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}

function stored(): string[] {
  try {
    return parseHistory(localStorage.getItem(storageKey));
  } catch {
    return [];
  }
}

/** Expressions that ran in this browser, the latest first. */
export const queryHistory = signal<readonly string[]>(stored());

export function rememberRun(expr: string): void {
  // Other tabs write too: what they added since must not be lost.
  replace(withRun(typeof localStorage === 'undefined' ? queryHistory.peek() : stored(), expr));
}

export function clearHistory(): void {
  replace([]);
}

function replace(next: readonly string[]): void {
  queryHistory.value = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Private windows refuse storage; the history then lasts for this page.
  }
}

/**
 * Walking through the history with the arrow keys. Place -1 is what was being
 * written, which is found again on the way back.
 */
export class HistoryWalk {
  private place = -1;
  private draft = '';

  constructor(private readonly entries: () => readonly string[]) {}

  /** The text to show after a step, or `null` at either end. */
  step(direction: 'older' | 'newer', current: string): string | null {
    const entries = this.entries();
    if (this.place === -1) this.draft = current;
    let next = this.place + (direction === 'older' ? 1 : -1);
    // The latest entry is usually what stands in the editor: showing it again would look like a dead key.
    if (direction === 'older' && next === 0 && entries[0] === current.trim()) next = 1;
    if (next < -1 || next >= entries.length) return null;
    this.place = next;
    return next === -1 ? this.draft : entries[next]!;
  }

  reset(): void {
    this.place = -1;
  }
}
