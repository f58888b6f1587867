import type { FieldConfig } from '../dashboard/model';
import type { Field, FieldType } from './frame';

/** A cell as rows see it: null where the column has nothing. */
export function cellOf(field: Field, row: number): unknown {
  const value: unknown = field.values[row];
  return value === undefined || (typeof value === 'number' && Number.isNaN(value)) ? null : value;
}

export function cellsOf(field: Field): unknown[] {
  return Array.from({ length: field.values.length }, (_, row) => cellOf(field, row));
}

function numberCell(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value === undefined || value === '') return Number.NaN;
  return Number(value);
}

export type FieldParts = { name: string; labels?: Record<string, string>; config?: FieldConfig };

/** A field of any type from cells; numbers and times become columns of floats. */
export function fieldOf(type: FieldType, cells: readonly unknown[], parts: FieldParts): Field {
  const base = {
    name: parts.name,
    config: parts.config ?? {},
    ...(parts.labels ? { labels: parts.labels } : {}),
  };
  if (type === 'number' || type === 'time') {
    return { ...base, type, values: Float64Array.from(cells, numberCell) };
  }
  return { ...base, type, values: cells };
}

/** The same field with other cells. */
export function withCells(field: Field, cells: readonly unknown[]): Field {
  return fieldOf(field.type, cells, field);
}

/** The same field with the given rows, in their order. */
export function withRows(field: Field, rows: readonly number[]): Field {
  if (field.values instanceof Float64Array) {
    const { values } = field;
    return { ...field, state: undefined, values: Float64Array.from(rows, (row) => values[row]!) } as Field;
  }
  const { values } = field;
  return { ...field, state: undefined, values: rows.map((row) => values[row]) } as Field;
}

/** What type cells are, by the first that says something. */
export function typeOfCells(cells: readonly unknown[]): FieldType {
  for (const cell of cells) {
    if (cell === null || cell === undefined) continue;
    if (typeof cell === 'number') return 'number';
    if (typeof cell === 'string') return 'string';
    return typeof cell === 'boolean' ? 'boolean' : 'other';
  }
  return 'other';
}
