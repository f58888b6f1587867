import type { DataSourceRef, Target } from '../../../../dashboard/model';
import type { PanelWindow } from '../../../../panels/plugin';

/** What the form of one query is given. */
export type QueryFormProps = {
  target: Target;
  /** With variables put in. */
  datasource: DataSourceRef | null | undefined;
  /** Letters of the other queries, for expressions. */
  refIds: readonly string[];
  window(): PanelWindow;
  onChange(target: Target): void;
};
