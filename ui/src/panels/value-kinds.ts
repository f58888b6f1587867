import type { PanelKind } from './plugin';

/** Kinds that show values, tables, texts and lists. */
export const valueKinds: readonly PanelKind[] = [];
