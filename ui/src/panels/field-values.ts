import { cellOf } from '../frame/columns';
import { type DisplayValue, displayOf, displayText } from '../frame/display';
import { type Field, type Frame, isNumberField, isTimeField } from '../frame/frame';
import { type LinkContext, type ValueLink, valueLinks } from '../frame/links';
import { fieldMatcher } from '../frame/matchers';
import { displayName } from '../frame/names';
import { reduceField, reducerOf, reduceToNumber } from '../frame/reduce';

/** Options shared by the panels that show one value per series or row. */
export type ReduceOptions = {
  calcs?: string[];
  /** One value per row instead of one per field. */
  values?: boolean;
  /** A name pattern; empty for all numbers. */
  fields?: string;
  limit?: number;
};

/** One value to be shown, with what it comes from. */
export type FieldValue = {
  title: string;
  display: DisplayValue;
  field: Field;
  frame: Frame;
  /** Which row it is, where it is one of many. */
  row?: number;
  /** The whole series, for a curve behind the value. */
  series?: Float64Array;
  /** Last against first, as a share. */
  change?: number;
  links: readonly ValueLink[];
};

const defaultLimit = 25;

function isWanted(pattern: string | undefined): (field: Field, frame: Frame) => boolean {
  if (!pattern) return (field) => isNumberField(field);
  const isRegex = pattern.startsWith('/');
  const fits = fieldMatcher(
    isRegex ? { id: 'byRegexp', options: pattern } : { id: 'byName', options: pattern },
  );
  return (field, frame) => fits(field, frame, displayName);
}

/** A row's name: its texts, and the field's name where a row has several numbers. */
function rowTitle(field: Field, frame: Frame, row: number, context: LinkContext): string {
  const parts = frame.fields
    .filter((other) => other !== field && other.type === 'string')
    .map((other) => displayText(displayOf(other, context)(cellOf(other, row))))
    .filter((text) => text !== '');
  const numbers = frame.fields.filter(isNumberField).length;
  if (parts.length === 0) return displayName(field);
  return numbers > 1 ? `${parts.join(' ')} ${displayName(field)}` : parts.join(' ');
}

/** The field with a reducer's result in another unit than its own, as a count is. */
function withoutUnit(field: Field, id: string): Field {
  const reducer = reducerOf(id);
  if (!reducer || reducer.keepsUnit) return field;
  return { ...field, config: { ...field.config, unit: id === 'diffperc' ? 'percent' : undefined } };
}

export function fieldValues(
  frames: readonly Frame[],
  options: ReduceOptions | undefined,
  context: LinkContext,
  withChange = false,
): FieldValue[] {
  const asked = [options?.calcs ?? []].flat();
  const calcs = asked.length > 0 ? asked : ['lastNotNull'];
  const isMeant = isWanted(options?.fields);
  const limit = options?.limit ?? defaultLimit;
  const values: FieldValue[] = [];
  for (const frame of frames) {
    for (const field of frame.fields) {
      if (!isMeant(field, frame) || isHidden(field)) continue;
      if (options?.values) {
        const isPalette = field.config.color?.mode?.startsWith('palette') ?? false;
        let show = displayOf(field, context);
        for (let row = 0; row < frame.length && values.length < limit; row++) {
          // Rows take the palette's colours as series do.
          if (isPalette && field.state) {
            const state = { ...field.state, seriesIndex: values.length };
            show = displayOf({ ...field, state } as Field, context);
          }
          const display = show(cellOf(field, row));
          values.push({
            title: field.config.displayName ? displayName(field) : rowTitle(field, frame, row, context),
            display,
            field,
            frame,
            row,
            links: valueLinks(field, frame, display, row, context),
          });
        }
        continue;
      }
      const reduced = reduceField(field, calcs);
      for (const id of calcs) {
        const shown = withoutUnit(field, id);
        const display = displayOf(shown, context)(reduced[id]);
        values.push({
          title: displayName(field),
          display,
          field,
          frame,
          ...(isNumberField(field) && frame.fields.some(isTimeField) ? { series: field.values } : {}),
          ...(withChange ? { change: reduceToNumber(field, 'diffperc') / 100 } : {}),
          links: valueLinks(field, frame, display, undefined, context),
        });
      }
    }
  }
  return values;
}

function isHidden(field: Field): boolean {
  const { hideFrom, hidden } = (field.config.custom ?? {}) as {
    hideFrom?: { viz?: boolean };
    hidden?: boolean;
  };
  return hideFrom?.viz === true || hidden === true;
}
