import type { PanelKind } from './plugin';

/** Kinds that draw curves, bars and cells over an axis. */
export const graphKinds: readonly PanelKind[] = [];
