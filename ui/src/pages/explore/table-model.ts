import { formatLabels, parseValue } from '../../api/columns';
import type { Labels, RawHistogram, RawQueryData } from '../../api/types';
import { differingLabels } from './legend';

/** A value at a time (seconds), as text and number; of a histogram also the whole of it. */
export type TablePoint = { time: number; value: number; text: string; histogram?: RawHistogram };

/** One series: a single point of an instant vector, many of a range vector. */
export type TableRow = { labels: Labels; points: TablePoint[] };

export type TableData = { resultType: RawQueryData['resultType']; rows: TableRow[] };

export type SortKey = { column: string; descending: boolean };

/** The column of values among the label columns; no label has this name. */
export const valueColumn = ' value';

export function toTable(data: RawQueryData): TableData {
  switch (data.resultType) {
    case 'vector':
      return {
        resultType: data.resultType,
        rows: data.result.map(({ metric, value, histogram }) => ({
          labels: metric,
          points: value ? [floatPoint(value)] : histogram ? [histogramPoint(histogram)] : [],
        })),
      };
    case 'matrix':
      return {
        resultType: data.resultType,
        rows: data.result.map(({ metric, values, histograms }) => ({
          labels: metric,
          points: [...(values ?? []).map(floatPoint), ...(histograms ?? []).map(histogramPoint)].sort(
            (a, b) => a.time - b.time,
          ),
        })),
      };
    default:
      return {
        resultType: data.resultType,
        rows: [
          {
            labels: {},
            points: [data.resultType === 'string' ? textPoint(data.result) : floatPoint(data.result)],
          },
        ],
      };
  }
}

function floatPoint([time, text]: [number, string]): TablePoint {
  return { time, text, value: parseValue(text) };
}

function textPoint([time, text]: [number, string]): TablePoint {
  return { time, text, value: Number.NaN };
}

function histogramPoint([time, histogram]: [number, RawHistogram]): TablePoint {
  return {
    time,
    histogram,
    value: parseValue(histogram.sum) / parseValue(histogram.count),
    text: `count ${histogram.count}, sum ${histogram.sum}`,
  };
}

/** The label columns: those that differ between rows first, then those that all share, names in order. */
export function tableColumns(rows: readonly TableRow[]): { differing: string[]; shared: string[] } {
  const differing = differingLabels(rows.map(({ labels }) => labels));
  const shared = Object.keys(rows[0]?.labels ?? {}).filter((name) => !differing.includes(name));
  const order = (a: string, b: string) =>
    Number(b === '__name__') - Number(a === '__name__') || (a < b ? -1 : a > b ? 1 : 0);
  return { differing: differing.sort(order), shared: shared.sort(order) };
}

const collator = new Intl.Collator('en', { numeric: true });

/** A sorted copy. NaN and missing labels come last in either direction. */
export function sortRows(rows: readonly TableRow[], sort: SortKey | null): readonly TableRow[] {
  if (!sort) return rows;
  const { column, descending } = sort;
  const sign = descending ? -1 : 1;
  if (column === valueColumn) {
    const value = (row: TableRow) => row.points.at(-1)?.value ?? Number.NaN;
    return [...rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return x === y ? 0 : x < y ? -sign : sign;
    });
  }
  return [...rows].sort((a, b) => {
    const [x, y] = [a.labels[column], b.labels[column]];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * collator.compare(x, y);
  });
}

/** Rows whose labels or value contain every word of `filter`, whatever the case. */
export function filterRows(rows: readonly TableRow[], filter: string): readonly TableRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ labels, points }) => {
    const text = `${formatLabels(labels)} ${points.at(-1)?.text ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** RFC 4180, with a header; one line per point. */
export function toCSV(rows: readonly TableRow[]): string {
  const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const lines = [[...names, 'time', 'value']];
  for (const { labels, points } of rows) {
    for (const point of points) {
      lines.push([...names.map((name) => labels[name] ?? ''), isoTime(point.time), point.text]);
    }
  }
  return lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function isoTime(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString();
}

function quoted(cell: string): string {
  // A leading =, + or @ would run as a formula in a spreadsheet; values such as +Inf are safe.
  const safe = /^[=+@]/.test(cell) && cell !== '+Inf' ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Labels and points, values as the server wrote them. */
export function toJSON(rows: readonly TableRow[]): string {
  const plain = rows.map(({ labels, points }) => ({
    metric: labels,
    values: points.map(({ time, text, histogram }) => [time, histogram ?? text]),
  }));
  return `${JSON.stringify(plain, null, 2)}\n`;
}
