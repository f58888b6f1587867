import { signal } from '@preact/signals';
import type { DashboardSession } from '../../../../dashboard/session';

/** The dialog that is open over the editor. */
export type EditDialog = { kind: 'save' | 'copy' | 'leave'; session: DashboardSession; goOn?: () => void };

export const editDialog = signal<EditDialog | null>(null);

/** Opens the dialog that saves. */
export function saveDashboard(session: DashboardSession): void {
  editDialog.value = { kind: 'save', session };
}

export function saveCopy(session: DashboardSession): void {
  editDialog.value = { kind: 'copy', session };
}

export function closeDialog(): void {
  editDialog.value = null;
}
