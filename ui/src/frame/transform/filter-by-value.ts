import { cellOf, withRows } from '../columns';
import type { Field } from '../frame';
import { regexOf } from '../mappings';
import { listOf, naming, recordOf, type TransformContext, type Transformer } from './context';

type Test = (cell: unknown) => boolean;

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number') return a === Number(b);
  return String(a) === String(b);
}

const numeric: Record<string, (a: number, b: number) => boolean> = {
  greater: (a, b) => a > b,
  greaterOrEqual: (a, b) => a >= b,
  lower: (a, b) => a < b,
  lowerOrEqual: (a, b) => a <= b,
};

function testOf(id: string, options: Record<string, unknown>, context: TransformContext): Test | undefined {
  const filled = (value: unknown) =>
    typeof value === 'string' ? (context.interpolate?.(value) ?? value) : value;
  const value = filled(options.value);
  const compare = numeric[id];
  if (compare) {
    return (cell) => cell !== null && !Number.isNaN(Number(cell)) && compare(Number(cell), Number(value));
  }
  switch (id) {
    case 'equal':
      return (cell) => isSame(cell, value);
    case 'notEqual':
      return (cell) => !isSame(cell, value);
    case 'isNull':
      return (cell) => cell === null;
    case 'isNotNull':
      return (cell) => cell !== null;
    case 'range':
    case 'between': {
      const [from, to] = [Number(filled(options.from)), Number(filled(options.to))];
      return (cell) => cell !== null && Number(cell) > from && Number(cell) < to;
    }
    case 'regex': {
      const regex = regexOf(String(value ?? ''));
      return (cell) => {
        if (regex) regex.lastIndex = 0;
        return regex?.test(String(cell)) ?? false;
      };
    }
    case 'substring':
      return (cell) =>
        String(cell)
          .toLowerCase()
          .includes(String(value ?? '').toLowerCase());
    case 'notSubstring':
      return (cell) =>
        !String(cell)
          .toLowerCase()
          .includes(String(value ?? '').toLowerCase());
    default:
      return undefined;
  }
}

/** Keeps or drops the rows that fit all, or any, of the conditions. A frame without the fields stays whole. */
export const filterByValue: Transformer = (frames, options, context) => {
  const name = naming(frames);
  const conditions = listOf(options.filters).flatMap((filter) => {
    const { fieldName, config } = recordOf(filter);
    const { id, options: inner } = recordOf(config);
    const test = testOf(String(id), recordOf(inner), context);
    return test ? [{ fieldName: String(fieldName), test }] : [];
  });
  if (conditions.length === 0) return frames;
  const isAll = options.match === 'all';
  const excludes = options.type === 'exclude';
  return frames.map((frame) => {
    const tests = conditions.flatMap(({ fieldName, test }) => {
      const field = frame.fields.find((candidate) => name(candidate) === fieldName);
      return field ? [{ field, test }] : [];
    });
    if (tests.length === 0) return frame;
    const rows: number[] = [];
    const fits =
      (row: number) =>
      ({ field, test }: { field: Field; test: Test }) =>
        test(cellOf(field, row));
    for (let row = 0; row < frame.length; row++) {
      const isMeant = isAll ? tests.every(fits(row)) : tests.some(fits(row));
      if (isMeant !== excludes) rows.push(row);
    }
    return { ...frame, length: rows.length, fields: frame.fields.map((field) => withRows(field, rows)) };
  });
};
