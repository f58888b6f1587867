import type { EditParts } from '../../edit-parts';
import { later } from '../later';

/** The panel editor, which comes when a panel is first edited. */
export const PanelEditor: EditParts['PanelEditor'] = later(() =>
  import('./panel-editor').then((chunk) => chunk.PanelEditor),
);
