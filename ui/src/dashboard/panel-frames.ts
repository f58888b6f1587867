import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { loadUnits } from '../format/units';
import { applyFieldConfig } from '../frame/field-config';
import type { Frame } from '../frame/frame';
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
  const unitsReady = signal(true);
  const current = computed<readonly Frame[]>(() => {
    const given = wish.value;
    if (!given) return noFrames;
    const { panel, scope } = given;
    return applyFieldConfig(answers.value, panel.fieldConfig, {
      interpolate: (text, values) => session.interpolate(text, scope, values),
    });
  });
  effect(() => {
    const panel = wish.value?.panel;
    if (!panel) return;
    const waiting = loadUnits(unitsOf(panel));
    if (!waiting) return;
    unitsReady.value = false;
    void waiting.then(() => {
      unitsReady.value = true;
    });
  });
  return {
    current,
    isReady: unitsReady,
    configure(panel, scope = emptyScope) {
      const before = wish.peek();
      if (before?.panel !== panel || before.scope !== scope) wish.value = { panel, scope };
    },
  };
}

function unitsOf({ fieldConfig }: Panel): (string | undefined)[] {
  const overridden = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    (properties ?? []).filter(({ id }) => id === 'unit').map(({ value }) => String(value)),
  );
  return [fieldConfig?.defaults?.unit, ...overridden];
}
