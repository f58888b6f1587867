import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Frame } from '../frame/frame';
import { loadPanelParts, panelFrames } from '../frame/pipeline';
import { emptyScope, type Scope } from '../variables/scope';
import type { Panel } from './model';
import type { PanelData } from './runner';
import type { DashboardSession } from './session';

/** What a panel draws: the answers after its transformations, with its field options. Worked out once per change. */
export type PanelFrames = {
  current: ReadonlySignal<readonly Frame[]>;
  /** False until the code that its options need is there. */
  isReady: ReadonlySignal<boolean>;
  configure(panel: Panel, scope: Scope): void;
};

const noFrames: readonly Frame[] = [];

export function createPanelFrames(session: DashboardSession, data: ReadonlySignal<PanelData>): PanelFrames {
  const wish = signal<{ panel: Panel; scope: Scope } | null>(null);
  const answers = computed(() => data.value.answers);
  const isReady = signal(true);
  const current = computed<readonly Frame[]>(() => {
    const given = wish.value;
    if (!given || !isReady.value) return noFrames;
    const { panel, scope } = given;
    return panelFrames(panel, answers.value, {
      interpolate: (text, values) => session.interpolate(text, scope, values),
      timeZone: session.timeZone.value,
    });
  });
  effect(() => {
    const panel = wish.value?.panel;
    if (!panel) return;
    const waiting = loadPanelParts(panel);
    isReady.value = !waiting;
    void waiting?.then(
      () => {
        if (wish.peek()?.panel === panel) isReady.value = true;
      },
      // Without a server there is no answer either; the next change tries again.
      () => undefined,
    );
  });
  return {
    current,
    isReady,
    configure(panel, scope = emptyScope) {
      const before = wish.peek();
      if (before?.panel !== panel || before.scope !== scope) wish.value = { panel, scope };
    },
  };
}
