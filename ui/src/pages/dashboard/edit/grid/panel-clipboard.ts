import type { Panel } from '../../../../dashboard/model';
import type { LoosePanel } from './panels';

const key = 'monopod.copied-panel';

/** A panel that was copied lies in this browser's storage, for other dashboards and tabs, too. */
export function copyPanelText(panel: Panel): void {
  try {
    localStorage.setItem(key, JSON.stringify(panel));
  } catch {
    // Without storage there is nothing to paste.
  }
}

/** The copied panel without its id; `null` where there is none, or no panel. */
export function pastedPanel(): LoosePanel | null {
  try {
    return panelFrom(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function panelFrom(written: string | null): LoosePanel | null {
  if (!written) return null;
  const parsed: unknown = JSON.parse(written);
  if (typeof parsed !== 'object' || parsed === null || typeof (parsed as Panel).type !== 'string')
    return null;
  const { id: _, ...panel } = parsed as Panel;
  return panel;
}
