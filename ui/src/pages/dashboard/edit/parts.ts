import type { EditParts } from '../edit-parts';
import { duplicate, remove } from './grid/actions';
import { EditGrid } from './grid/edit-grid';
import { PanelEditor } from './panel/panel-editor-chunk';
import { DashboardSettings } from './settings/settings-chunk';
import { Toolbar } from './toolbar/toolbar';

/** Editing, as the dashboard page takes it. */
export const editParts: EditParts = {
  Toolbar,
  Grid: EditGrid,
  PanelEditor,
  Settings: DashboardSettings,
  duplicatePanel: (session, { panel }) => duplicate(session, panel),
  removePanel: (session, { panel }) => remove(session, panel),
};
