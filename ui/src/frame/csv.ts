import { formatDateTime, type Zone } from '../time/zone';
import { displayOf, displayText } from './display';
import type { Field, Frame } from './frame';
import { displayName } from './names';

export type CsvOptions = {
  timeZone: Zone;
  /** As panels show them, with units; otherwise the bare values. */
  isFormatted?: boolean;
};

/**
 * Frames as comma-separated values, one table after the other. Frames that share
 * their column of times become one table.
 */
export function framesToCsv(frames: readonly Frame[], options: CsvOptions): string {
  return tablesOf(frames)
    .map((fields) => tableText(fields, options))
    .join('\r\n\r\n');
}

function tablesOf(frames: readonly Frame[]): Field[][] {
  const tables: { time: Float64Array | null; fields: Field[] }[] = [];
  for (const { fields } of frames) {
    if (fields.length === 0) continue;
    const [first] = fields;
    const time = first?.type === 'time' ? first.values : null;
    const fitting = time && tables.find((table) => table.time !== null && sameColumn(table.time, time));
    if (fitting) fitting.fields.push(...fields.slice(1));
    else tables.push({ time, fields: [...fields] });
  }
  return tables.map(({ fields }) => fields);
}

function sameColumn(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
}

function tableText(fields: readonly Field[], options: CsvOptions): string {
  const writers = fields.map((field) => writerOf(field, options));
  const lines = [fields.map((field) => cell(displayName(field))).join(',')];
  const length = Math.max(0, ...fields.map(({ values }) => values.length));
  for (let row = 0; row < length; row++) lines.push(writers.map((write) => cell(write(row))).join(','));
  return lines.join('\r\n');
}

function writerOf(field: Field, { timeZone, isFormatted }: CsvOptions): (row: number) => string {
  if (field.type === 'time') {
    return (row) =>
      Number.isNaN(field.values[row]!) ? '' : formatDateTime(field.values[row]! / 1000, timeZone);
  }
  if (isFormatted) {
    const display = displayOf(field, { timeZone, theme: 'light' });
    return (row) => displayText(display(field.values[row]));
  }
  return (row) => {
    const value = field.values[row];
    if (value === null || value === undefined || Number.isNaN(value)) return '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
}

/** Quoted where it must be. What a spreadsheet would run as a formula is kept from it. */
function cell(text: string): string {
  const harmless = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
