import type { ComponentType } from 'preact';
import type { DashboardSession, PanelActions } from '../../dashboard/session';

/**
 * What editing puts into the dashboard page. All of it comes in chunks that who
 * only looks at dashboards never loads.
 */
export type EditParts = PanelActions & {
  /** At the right end of the header while `session.isEditing`. */
  Toolbar: ComponentType<{ session: DashboardSession }>;
  /** Stands in for the grid while `session.isEditing`. */
  Grid: ComponentType<{ session: DashboardSession }>;
  /** The whole page below the header with `editPanel=ID`. */
  PanelEditor: ComponentType<{ session: DashboardSession; panelId: number }>;
  /** The whole page below the header with `editview=NAME`. */
  Settings: ComponentType<{ session: DashboardSession; view: string }>;
};

/** What edits is loaded when it is first wanted. */
export const loadEditParts: (() => Promise<EditParts>) | null = () =>
  import('./edit/parts').then((chunk) => chunk.editParts);
