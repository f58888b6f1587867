import type { Dashboard } from '../../../../dashboard/model';
import { draftKey } from '../../draft-mark';

/**
 * Work that is not saved survives a reload of the tab: kept in its sessionStorage
 * with the version that it began from. Gone with the tab, as every draft of another
 * person's browser should be.
 */
export type Draft = { version: number; savedAtMilliseconds: number; dashboard: Dashboard };

export function readDraft(uid: string): Draft | null {
  try {
    const parsed = JSON.parse(sessionStorage.getItem(draftKey(uid)) ?? 'null') as Draft | null;
    return parsed && typeof parsed.version === 'number' && Array.isArray(parsed.dashboard?.panels)
      ? parsed
      : null;
  } catch {
    return null;
  }
}

/** `false` where there is no room for it. */
export function writeDraft(uid: string, draft: Draft): boolean {
  try {
    sessionStorage.setItem(draftKey(uid), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(uid: string): void {
  try {
    sessionStorage.removeItem(draftKey(uid));
  } catch {
    // Without storage there is no draft.
  }
}
