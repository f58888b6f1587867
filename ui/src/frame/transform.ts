import type { Transformation } from '../dashboard/model';
import type { Frame } from './frame';
import { frameMatches } from './matchers';
import { calculateField } from './transform/calculate';
import type { TransformContext, Transformer } from './transform/context';
import { convertFieldType, extractFields, formatTime } from './transform/convert';
import {
  filterByRefId,
  filterFields,
  filterFieldsByName,
  limit,
  organize,
  renameByRegex,
  sortBy,
} from './transform/fields';
import { filterByValue } from './transform/filter-by-value';
import { groupBy, groupingToMatrix, partitionByValues } from './transform/group';
import { joinByField } from './transform/join';
import { labelsToFields } from './transform/labels';
import { concatenate, merge, seriesToRows } from './transform/merge';
import { reduce, rowsToFields, timeSeriesTable } from './transform/reduce';

/** Every transformation that Monopod does, by Grafana's ids. */
const transformers: Record<string, Transformer> = {
  calculateField,
  concatenate,
  convertFieldType,
  extractFields,
  filterByRefId,
  filterByValue,
  filterFields,
  filterFieldsByName,
  formatTime,
  groupBy,
  groupingToMatrix,
  joinByField,
  labelsToFields,
  limit,
  merge,
  organize,
  partitionByValues,
  reduce,
  renameByRegex,
  rowsToFields,
  // The name of joinByField before version 8.
  seriesToColumns: joinByField,
  seriesToRows,
  sortBy,
  timeSeriesTable,
  // Frames are series already.
  prepareTimeSeries: (frames) => frames,
};

export function isKnownTransformation(id: string): boolean {
  return Object.hasOwn(transformers, id);
}

/** One after the other; those that are not known pass everything on. */
export function transformFrames(
  frames: readonly Frame[],
  transformations: readonly Transformation[],
  context: TransformContext,
): readonly Frame[] {
  let shown = frames;
  for (const { id, options, disabled, filter, topic } of transformations) {
    const transformer = Object.hasOwn(transformers, id) ? transformers[id] : undefined;
    if (disabled || !transformer || (topic && topic !== 'series')) continue;
    if (!filter) {
      shown = transformer(shown, options ?? {}, context);
      continue;
    }
    const meant = shown.filter((frame) => frameMatches(frame, filter));
    const others = shown.filter((frame) => !frameMatches(frame, filter));
    if (meant.length > 0) shown = [...transformer(meant, options ?? {}, context), ...others];
  }
  return shown;
}
