/** Where the unsaved work on a dashboard is kept in this tab (`edit/save/draft.ts`). */
export function draftKey(uid: string): string {
  return `monopod.draft.${uid || 'new'}`;
}

export function hasDraft(uid: string): boolean {
  try {
    return sessionStorage.getItem(draftKey(uid)) !== null;
  } catch {
    return false;
  }
}
