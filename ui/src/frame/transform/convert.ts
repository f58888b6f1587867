import { formatPattern } from '../../format/dates';
import { cellOf, cellsOf, fieldOf, typeOfCells } from '../columns';
import type { Field, FieldType } from '../frame';
import { listOf, naming, recordOf, type Transformer, textOf } from './context';

function timeCell(cell: unknown): unknown {
  if (typeof cell === 'number' || cell === null) return cell;
  const text = String(cell).trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  // ISO without a zone is UTC, as times of data sources are.
  const iso = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)
    ? `${text.replace(' ', 'T')}Z`
    : text;
  const parsed = Date.parse(iso);
  return Number.isNaN(parsed) ? null : parsed;
}

function converted(
  field: Field,
  type: string,
  context: { pattern?: string; joinWith?: string; timeZone: string },
): Field {
  const cells = cellsOf(field);
  switch (type) {
    case 'number':
      return fieldOf('number', cells, field);
    case 'time':
      return fieldOf('time', cells.map(timeCell), field);
    case 'string': {
      const text = (cell: unknown) => {
        if (cell === null) return null;
        if (field.type === 'time' && context.pattern) {
          return formatPattern(Number(cell), context.pattern, context.timeZone);
        }
        if (Array.isArray(cell)) return cell.join(context.joinWith ?? ', ');
        return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
      };
      return fieldOf('string', cells.map(text), field);
    }
    case 'boolean':
      return fieldOf(
        'boolean',
        cells.map((cell) => cell !== null && cell !== 'false' && cell !== '0' && !!cell),
        field,
      );
    case 'other':
    case 'complex': {
      const parsed = cells.map((cell) => {
        if (typeof cell !== 'string') return cell;
        try {
          return JSON.parse(cell) as unknown;
        } catch {
          return cell;
        }
      });
      return fieldOf('other', parsed, field);
    }
    default:
      return field;
  }
}

export const convertFieldType: Transformer = (frames, options, { timeZone }) => {
  const name = naming(frames);
  const conversions = listOf(options.conversions).map(recordOf);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const found = conversions.find(({ targetField }) => targetField === name(field));
      if (!found) return field;
      const { state: _state, ...plain } = field;
      return converted(plain as Field, String(found.destinationType), {
        pattern: textOf(found.dateFormat),
        joinWith: textOf(found.joinWith),
        timeZone: textOf(found.timezone) ?? timeZone,
      });
    }),
  }));
};

export const formatTime: Transformer = (frames, options, context) => {
  const name = naming(frames);
  const target = textOf(options.timeField);
  const pattern = textOf(options.outputFormat);
  const zone = textOf(options.timezone) ?? (options.useTimezone === false ? 'utc' : context.timeZone);
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      if (field.type !== 'time' || (target !== undefined && name(field) !== target)) return field;
      const cells = cellsOf(field).map((cell) =>
        cell === null ? null : formatPattern(Number(cell), pattern ?? 'YYYY-MM-DD HH:mm:ss', zone),
      );
      return fieldOf('string', cells, field);
    }),
  }));
};

function parsedCell(cell: unknown, format: string): Record<string, unknown> {
  if (cell === null) return {};
  if (typeof cell === 'object') return cell as Record<string, unknown>;
  const text = String(cell);
  if (format !== 'kvp') {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    } catch {
      if (format === 'json') return {};
    }
  }
  const pairs = text.matchAll(/([\w.-]+)\s*[=:]\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*))/g);
  return Object.fromEntries([...pairs].map(([, key, quoted, plain]) => [key!, quoted ?? plain ?? '']));
}

/** `a.b[0].c` within a value. */
function atPath(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split(/[.[\]]+/).filter(Boolean)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return null;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** Fields from what stands within the cells of one. */
export const extractFields: Transformer = (frames, options) => {
  const name = naming(frames);
  const source = textOf(options.source);
  const format = String(options.format ?? 'auto');
  if (source === undefined) return frames;
  return frames.map((frame) => {
    const field = frame.fields.find((candidate) => name(candidate) === source || candidate.name === source);
    if (!field) return frame;
    const labels = source === 'labels' ? 'json' : format;
    const rows = Array.from({ length: frame.length }, (_, row) => parsedCell(cellOf(field, row), labels));
    const paths = listOf(options.jsonPaths)
      .map(recordOf)
      .filter(({ path }) => textOf(path) !== undefined);
    const made = paths.length
      ? paths.map(({ path, alias }) => ({
          key: textOf(alias) ?? String(path),
          cells: rows.map((row) => atPath(row, String(path)) ?? null),
        }))
      : [...new Set(rows.flatMap((row) => Object.keys(row)))].map((key) => ({
          key,
          cells: rows.map((row) => (Object.hasOwn(row, key) ? (row[key] ?? null) : null)),
        }));
    const fields = made.map(({ key, cells }) =>
      fieldOf(numbersOr(typeOfCells(cells), cells), cells, { name: key }),
    );
    if (!options.replace) return { ...frame, fields: [...frame.fields, ...fields] };
    const times = options.keepTime ? frame.fields.filter(({ type }) => type === 'time') : [];
    return { ...frame, fields: [...times, ...fields] };
  });
};

/** Texts that are all numbers are a column of numbers. */
function numbersOr(type: FieldType, cells: readonly unknown[]): FieldType {
  if (type !== 'string') return type;
  const texts = cells.filter((cell) => cell !== null);
  return texts.every((cell) => /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(String(cell))) ? 'number' : 'string';
}
