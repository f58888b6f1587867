import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Dashboard } from './model';

/** A dashboard that is being changed: each change is one step that can be undone. Dashboards are never changed in place. */
export type Edits = {
  /** As edited. */
  current: ReadonlySignal<Dashboard>;
  /** As the server has it. */
  saved: ReadonlySignal<Dashboard>;
  isDirty: ReadonlySignal<boolean>;
  canUndo: ReadonlySignal<boolean>;
  canRedo: ReadonlySignal<boolean>;
  /** What was done since it was saved or opened, oldest first. */
  changes: ReadonlySignal<readonly string[]>;
  /** The same object from `f` is no change. */
  change(label: string, f: (dashboard: Dashboard) => Dashboard): void;
  undo(): void;
  redo(): void;
  /** Takes what the server has as both; what was undone is forgotten. */
  adopt(dashboard: Dashboard): void;
};

type Step = { label: string; before: Dashboard; after: Dashboard };

const maxSteps = 200;

export function createEdits(initial: Dashboard): Edits {
  const saved = signal(initial);
  const current = signal(initial);
  const done = signal<readonly Step[]>([]);
  const undone = signal<readonly Step[]>([]);
  return {
    current,
    saved,
    isDirty: computed(() => current.value !== saved.value),
    canUndo: computed(() => done.value.length > 0),
    canRedo: computed(() => undone.value.length > 0),
    changes: computed(() => done.value.map(({ label }) => label)),
    change(label, f) {
      const before = current.peek();
      const after = f(before);
      if (after === before) return;
      batch(() => {
        current.value = after;
        done.value = [...done.peek().slice(1 - maxSteps), { label, before, after }];
        undone.value = [];
      });
    },
    undo() {
      const step = done.peek().at(-1);
      if (!step) return;
      batch(() => {
        current.value = step.before;
        done.value = done.peek().slice(0, -1);
        undone.value = [...undone.peek(), step];
      });
    },
    redo() {
      const step = undone.peek().at(-1);
      if (!step) return;
      batch(() => {
        current.value = step.after;
        done.value = [...done.peek(), step];
        undone.value = undone.peek().slice(0, -1);
      });
    },
    adopt(dashboard) {
      batch(() => {
        saved.value = dashboard;
        current.value = dashboard;
        done.value = [];
        undone.value = [];
      });
    },
  };
}
