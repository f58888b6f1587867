import { formatUnit } from '../../format/units';
import { cellOf } from '../../frame/columns';
import { type DisplayOf, displayOf, displayText } from '../../frame/display';
import type { Field, Frame } from '../../frame/frame';
import { displayName } from '../../frame/names';
import { reduceField, reducerOf } from '../../frame/reduce';
import type { Theme } from '../../shell/theme';
import { textWidth } from '../fit-text';

export type CellType =
  | 'auto'
  | 'color-text'
  | 'color-background'
  | 'gauge'
  | 'sparkline'
  | 'json-view'
  | 'image'
  | 'data-links'
  | 'pill';

export type CellOptions = {
  type?: CellType | (string & Record<never, never>);
  mode?: 'basic' | 'gradient' | 'lcd';
  valueDisplayMode?: 'color' | 'text' | 'hidden';
  applyToRow?: boolean;
  wrapText?: boolean;
};

export type ColumnOptions = {
  width?: number;
  minWidth?: number;
  align?: 'auto' | 'left' | 'center' | 'right';
  hidden?: boolean;
  filterable?: boolean;
  inspect?: boolean;
  wrapText?: boolean;
  wrapHeaderText?: boolean;
  cellOptions?: CellOptions;
  footer?: { reducers?: string[] };
  hideFrom?: { viz?: boolean };
};

export type Column = {
  field: Field;
  name: string;
  options: ColumnOptions;
  cell: CellOptions;
  align: 'left' | 'center' | 'right';
  show: DisplayOf;
  /** The text of a row's cell, as it is shown, filtered and copied. */
  text(row: number): string;
};

export function columnsOf(frame: Frame, context: { timeZone: string; theme: Theme }): Column[] {
  return frame.fields.flatMap((field) => {
    const options = (field.config.custom ?? {}) as ColumnOptions;
    if (options.hidden || options.hideFrom?.viz) return [];
    const cell = options.cellOptions ?? {};
    const show = displayOf(field, context);
    const isBar = cell.type === 'gauge' || cell.type === 'sparkline';
    const own = field.type === 'number' && !isBar ? 'right' : 'left';
    const align = options.align && options.align !== 'auto' ? options.align : own;
    return [
      {
        field,
        name: displayName(field),
        options,
        cell,
        align,
        show,
        text: (row: number) => displayText(show(cellOf(field, row))),
      },
    ];
  });
}

export type SortKey = { name: string; isDescending: boolean };

/** Nothing comes last, whichever way a column is sorted. */
function compareCells(a: unknown, b: unknown, sign: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * natural.compare(String(a), String(b));
}

const natural = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** What a column lets through: the texts of its cells. Absent: all. */
export type Filters = ReadonlyMap<string, ReadonlySet<string>>;

/** The rows to be shown, in order. */
export function shownRows(
  columns: readonly Column[],
  length: number,
  keys: readonly SortKey[],
  filters: Filters,
): number[] {
  const filtered = columns.filter(({ name }) => filters.has(name));
  const rows: number[] = [];
  for (let row = 0; row < length; row++) {
    if (filtered.every((column) => filters.get(column.name)!.has(column.text(row)))) rows.push(row);
  }
  const sorts = keys.flatMap(({ name, isDescending }) => {
    const column = columns.find((candidate) => candidate.name === name);
    return column ? [{ field: column.field, sign: isDescending ? -1 : 1 }] : [];
  });
  if (sorts.length === 0) return rows;
  return rows.sort((a, b) => {
    for (const { field, sign } of sorts) {
      const order = compareCells(cellOf(field, a), cellOf(field, b), sign);
      if (order !== 0) return order;
    }
    return a - b;
  });
}

/** Ascending, descending, not at all; with others kept where `adds`. */
export function nextSort(keys: readonly SortKey[], name: string, adds: boolean): SortKey[] {
  const current = keys.find((key) => key.name === name);
  const next: SortKey[] = !current
    ? [{ name, isDescending: false }]
    : current.isDescending
      ? []
      : [{ name, isDescending: true }];
  if (!adds) return next;
  const at = keys.findIndex((key) => key.name === name);
  if (at < 0) return [...keys, ...next];
  return [...keys.slice(0, at), ...next, ...keys.slice(at + 1)];
}

/** The texts of a column that other columns' filters let through, each once. */
export function filterChoices(
  columns: readonly Column[],
  column: Column,
  length: number,
  filters: Filters,
): string[] {
  const others = new Map(filters);
  others.delete(column.name);
  const texts = new Set(shownRows(columns, length, [], others).map((row) => column.text(row)));
  return [...texts].sort(natural.compare);
}

/** What a column's texts take, by some of its rows and its header. */
function contentWidth(column: Column): number {
  const rows = column.field.values.length;
  const step = Math.max(1, Math.floor(rows / 40));
  const isBar = column.cell.type === 'gauge' || column.cell.type === 'sparkline';
  let most = textWidth(column.name, 13, 600) + (column.options.filterable ? 26 : 12);
  for (let row = 0; row < rows; row += step) most = Math.max(most, textWidth(column.text(row), 13));
  return Math.min(260, Math.max(72, Math.ceil(most) + 20 + (isBar ? 60 : 0)));
}

const roomyWidth = 150;

/**
 * Widths in pixels: those given, the rest shared evenly; where that leaves less
 * than a roomy column, by what stands in them, and the table scrolls.
 */
export function columnWidths(
  columns: readonly Column[],
  total: number,
  resized: ReadonlyMap<string, number>,
): number[] {
  const fixed = columns.map(({ name, options }) => resized.get(name) ?? (options.width || undefined));
  const rest = total - fixed.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  const shared = fixed.filter((width) => width === undefined).length;
  const even = Math.floor(rest / shared);
  const isRoomy = even >= roomyWidth;
  const widths = columns.map((column, index) => {
    const width = fixed[index];
    if (width !== undefined) return Math.max(24, width);
    return Math.max(column.options.minWidth ?? 0, isRoomy ? even : contentWidth(column));
  });
  const left = total - widths.reduce((a, b) => a + b, 0);
  if (left <= 0 || shared === 0) return widths;
  // What is left goes to those that share, in equal parts, what rounding leaves to the last.
  const part = Math.floor(left / shared);
  const last = fixed.lastIndexOf(undefined);
  return widths.map((width, index) => {
    if (fixed[index] !== undefined) return width;
    return width + part + (index === last ? left - part * shared : 0);
  });
}

export type FooterOptions = {
  show?: boolean;
  reducer?: string[];
  /** Names; all numbers where empty. */
  fields?: string[] | string;
  countRows?: boolean;
  enablePagination?: boolean;
};

/** A footer's texts by column, empty where there is none. */
export function footerTexts(
  columns: readonly Column[],
  footer: FooterOptions | undefined,
  rowCount: number,
  context: { timeZone: string; theme: Theme },
): string[] | undefined {
  const ownReducers = columns.some(({ options }) => options.footer?.reducers?.length);
  if (!footer?.show && !ownReducers) return undefined;
  const id = [footer?.reducer ?? []].flat()[0] ?? 'sum';
  if (footer?.show && footer.countRows && id === 'count') {
    return columns.map((_, index) => (index === 0 ? `Count ${rowCount}` : ''));
  }
  const named = Array.isArray(footer?.fields) ? footer.fields : footer?.fields ? [footer.fields] : [];
  let isFirst = true;
  return columns.map(({ field, name, options }) => {
    const own = options.footer?.reducers?.[0];
    const isMeant =
      own !== undefined ||
      (footer?.show && field.type === 'number' && (named.length === 0 || named.includes(name)));
    const label = isFirst ? (reducerOf(own ?? id)?.name[0] ?? '') : '';
    isFirst = false;
    if (!isMeant) return label;
    const used = own ?? id;
    const value = reduceField(field, [used])[used];
    if (value === null || value === undefined) return label;
    if (reducerOf(used)?.keepsUnit) return displayText(displayOf(field, context)(value));
    return typeof value === 'number' ? formatUnit('none', value).text : String(value);
  });
}
