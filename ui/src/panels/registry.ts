import { graphKinds } from './graph-kinds';
import type { PanelKind } from './plugin';
import { valueKinds } from './value-kinds';

/** Every kind of panel, in the order in which the editor offers them. */
export const panelKinds: readonly PanelKind[] = [...graphKinds, ...valueKinds];

export function panelKind(type: string): PanelKind | undefined {
  return panelKinds.find((kind) => kind.type === type);
}
