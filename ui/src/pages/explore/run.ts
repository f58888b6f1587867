import { signal } from '@preact/signals';
import type { ApiError, Result } from '../../api/errors';

/** A query's answer with what it took. */
export type Answer<T> = { data: T; warnings: string[]; infos: string[]; elapsedSeconds: number };

export type RunState<T> = {
  /** The last good answer; it stays while the next one is on its way. */
  answer: Answer<T> | null;
  /** Why the last run brought none; `aborted` after the user cancelled. */
  error: ApiError | null;
  /** `performance.now()` of the start while it runs. */
  startedMilliseconds: number | null;
};

/** One repeatedly asked question. The latest run wins; what it replaces is aborted. */
export class Run<T> {
  readonly state = signal<RunState<T>>({ answer: null, error: null, startedMilliseconds: null });
  private question = '';
  private identity = '';
  private cancelled = '';
  private controller: AbortController | null = null;

  /**
   * Asks when `question` is not what was asked last. `identity` is the question
   * without the moment: a refresh does not overtake a slow run of the same one,
   * and does not bring back a cancelled one.
   */
  ask(question: string, identity: string, send: (signal: AbortSignal) => Promise<Result<T>>): void {
    if (question === this.question || identity === this.cancelled) return;
    if (this.controller && identity === this.identity) return;
    this.question = question;
    this.identity = identity;
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    const started = performance.now();
    this.state.value = { ...this.state.peek(), startedMilliseconds: started };
    send(controller.signal).then((result) => {
      if (this.controller !== controller) return;
      this.controller = null;
      const elapsedSeconds = (performance.now() - started) / 1000;
      this.state.value = result.ok
        ? {
            answer: { data: result.data, warnings: result.warnings, infos: result.infos, elapsedSeconds },
            error: null,
            startedMilliseconds: null,
          }
        : { answer: null, error: result.error, startedMilliseconds: null };
    });
  }

  cancel(): void {
    if (!this.controller) return;
    this.controller.abort();
    this.controller = null;
    this.cancelled = this.identity;
    this.state.value = {
      ...this.state.peek(),
      error: { kind: 'aborted', message: '' },
      startedMilliseconds: null,
    };
  }

  /** Forgets question and answer, as for a query that is switched off. */
  clear(): void {
    this.question = '';
    this.cancelled = '';
    this.controller?.abort();
    this.controller = null;
    const { answer, error, startedMilliseconds } = this.state.peek();
    if (answer || error || startedMilliseconds !== null) {
      this.state.value = { answer: null, error: null, startedMilliseconds: null };
    }
  }
}
