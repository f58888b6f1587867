import type { EditParts } from '../../edit-parts';
import { later } from '../later';

/** The settings of a dashboard, which come when they are first opened. */
export const DashboardSettings: EditParts['Settings'] = later(() =>
  import('./settings').then((chunk) => chunk.DashboardSettings),
);
