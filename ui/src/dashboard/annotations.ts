import type { AnnotationMark, PanelWindow } from '../panels/plugin';
import type { Panel } from './model';

/** The annotations of an open dashboard. */
export type Annotations = {
  /** Those that a panel shows. Reads signals. */
  marksOf(panel: Panel): readonly AnnotationMark[];
  /** Opens the form for a new one. */
  begin(panel: Panel, window: PanelWindow): void;
};
