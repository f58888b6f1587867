import type { Panel } from '../dashboard/model';
import { loadUnits } from '../format/units';
import { applyFieldConfig, type FieldContext } from './field-config';
import type { Frame } from './frame';
import { withKindDefaults } from './kind-defaults';
import type { transformFrames } from './transform';

export type FramesContext = FieldContext & { timeZone: string };

let transform: typeof transformFrames | null = null;
let loading: Promise<void> | null = null;

function loadTransformations(): Promise<void> {
  loading ??= import('./transform').then(
    (chunk) => {
      transform = chunk.transformFrames;
    },
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

function* unitsOf({ fieldConfig }: Panel): Generator<string | undefined> {
  yield fieldConfig?.defaults?.unit;
  for (const { properties } of fieldConfig?.overrides ?? []) {
    for (const { id, value } of properties ?? []) if (id === 'unit') yield String(value ?? '');
  }
}

function isTransformed({ transformations }: Panel): boolean {
  return transformations?.some(({ disabled }) => !disabled) ?? false;
}

/**
 * What a panel needs before its data can be shown: rare units, transformations.
 * Undefined when all of it is there. Rejects where the server cannot be reached.
 */
export function loadPanelParts(panel: Panel): Promise<void> | undefined {
  const units = loadUnits(unitsOf(panel));
  const transformations = isTransformed(panel) && transform === null ? loadTransformations() : undefined;
  if (!units || !transformations) return units ?? transformations;
  return Promise.all([units, transformations]).then(() => undefined);
}

/**
 * A query's answer as a panel draws it: transformed, field options and overrides
 * applied. `loadPanelParts` comes first.
 */
export function panelFrames(panel: Panel, frames: readonly Frame[], context: FramesContext): Frame[] {
  let shown = frames;
  if (isTransformed(panel)) {
    if (transform === null) throw new Error(`panel ${panel.id}: its transformations are not loaded`);
    shown = transform(frames, panel.transformations!, context);
  }
  return applyFieldConfig(shown, withKindDefaults(panel.type, panel.fieldConfig), context);
}
