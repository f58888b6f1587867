import { cellOf, withRows } from '../columns';
import type { Field, Frame } from '../frame';
import { regexOf } from '../mappings';
import { fieldMatcher, frameMatches } from '../matchers';
import { listOf, naming, recordOf, type Transformer, textOf } from './context';

function renamed(field: Field, displayName: string): Field {
  return { ...field, state: undefined, config: { ...field.config, displayName } };
}

/** Order, then exclusion, then new names; all by the names before. */
export const organize: Transformer = (frames, options) => {
  const [exclude, include, index, rename] = [
    'excludeByName',
    'includeByName',
    'indexByName',
    'renameByName',
  ].map((key) => recordOf(options[key])) as [
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const name = naming(frames);
  const place = (field: Field) => {
    const at = index[name(field)];
    return typeof at === 'number' ? at : Number.MAX_SAFE_INTEGER;
  };
  const includesSome = Object.values(include).some(Boolean);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields
      .map((field, at) => ({ field, at }))
      .sort((a, b) => place(a.field) - place(b.field) || a.at - b.at)
      .map(({ field }) => field)
      .filter((field) => !exclude[name(field)] && (!includesSome || include[name(field)]))
      .map((field) => {
        const to = textOf(rename[name(field)]);
        return to === undefined ? field : renamed(field, to);
      }),
  }));
};

export const renameByRegex: Transformer = (frames, options, context) => {
  const pattern = textOf(options.regex);
  const regex = pattern && regexOf(context.interpolate?.(pattern) ?? pattern);
  if (!regex) return frames;
  const to = String(options.renamePattern ?? '');
  const name = naming(frames);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      regex.lastIndex = 0;
      const before = name(field);
      const after = before.replace(regex, to);
      return after === before ? field : renamed(field, after);
    }),
  }));
};

function keepFields(frames: readonly Frame[], keeps: (field: Field, frame: Frame) => boolean): Frame[] {
  return frames
    .map((frame) => ({ ...frame, fields: frame.fields.filter((field) => keeps(field, frame)) }))
    .filter(({ fields }) => fields.length > 0);
}

export const filterFieldsByName: Transformer = (frames, options, context) => {
  const name = naming(frames);
  const matcherOf = (value: unknown) => {
    const { names, pattern, variable } = recordOf(value);
    const fromVariable = options.byVariable ? textOf(variable) : undefined;
    const listed = fromVariable
      ? (context.interpolate?.(fromVariable) ?? '').replace(/^\{|\}$/g, '').split(',')
      : listOf(names);
    const regex = textOf(pattern);
    if (listed.length === 0 && !regex) return undefined;
    return fieldMatcher({
      id: 'byRegexpOrNames',
      options: { names: listed, pattern: regex && (context.interpolate?.(regex) ?? regex) },
    });
  };
  const [included, excluded] = [matcherOf(options.include), matcherOf(options.exclude)];
  if (!included && !excluded) return frames;
  return keepFields(
    frames,
    (field, frame) => (included?.(field, frame, name) ?? true) && !(excluded?.(field, frame, name) ?? false),
  );
};

/** By matchers, as old dashboards have it. */
export const filterFields: Transformer = (frames, options) => {
  const name = naming(frames);
  const matcherOf = (value: unknown) => {
    const { id, options: inner } = recordOf(value);
    return typeof id === 'string' ? fieldMatcher({ id, options: inner }) : undefined;
  };
  const [included, excluded] = [matcherOf(options.include), matcherOf(options.exclude)];
  return keepFields(
    frames,
    (field, frame) => (included?.(field, frame, name) ?? true) && !(excluded?.(field, frame, name) ?? false),
  );
};

export const filterByRefId: Transformer = (frames, options) => {
  const matches = (value: unknown, frame: Frame) => frameMatches(frame, { id: 'byRefId', options: value });
  const [include, exclude] = [textOf(options.include), textOf(options.exclude)];
  return frames.filter(
    (frame) => (!include || matches(include, frame)) && !(exclude && matches(exclude, frame)),
  );
};

export const limit: Transformer = (frames, options, context) => {
  const asked = options.limitField ?? 10;
  const text = typeof asked === 'string' ? (context.interpolate?.(asked) ?? asked) : asked;
  const count = Number.isFinite(Number(text)) ? Number(text) : 10;
  return frames.map((frame) => {
    if (frame.length <= Math.abs(count)) return frame;
    // Negative: from the end.
    const from = count < 0 ? frame.length + count : 0;
    const rows = Array.from({ length: Math.abs(count) }, (_, row) => from + row);
    return { ...frame, length: rows.length, fields: frame.fields.map((field) => withRows(field, rows)) };
  });
};

/** Nothing before numbers, numbers before texts; texts with numbers in them by these. */
export function compareCells(a: unknown, b: unknown): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

export const sortBy: Transformer = (frames, options, context) => {
  const name = naming(frames);
  const [{ field: asked, desc } = {} as Record<string, unknown>] = listOf(options.sort).map(recordOf);
  const wanted = typeof asked === 'string' ? (context.interpolate?.(asked) ?? asked) : undefined;
  if (!wanted) return frames;
  return frames.map((frame) => {
    const by = frame.fields.find((field) => name(field) === wanted);
    if (!by) return frame;
    const rows = Array.from({ length: frame.length }, (_, row) => row);
    const sign = desc ? -1 : 1;
    rows.sort((a, b) => sign * compareCells(cellOf(by, a), cellOf(by, b)) || a - b);
    return { ...frame, fields: frame.fields.map((field) => withRows(field, rows)) };
  });
};
