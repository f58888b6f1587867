import { typicalStep } from '../../chart/arrange';
import type { Frame, NumberField } from '../../frame/frame';
import { displayName } from '../../frame/names';

/** Tiles of a heatmap: columns of one length. */
export type Cells = {
  /** Milliseconds. */
  xMin: Float64Array;
  xMax: Float64Array;
  /** Values of the y axis, or places of rows. */
  yMin: Float64Array;
  yMax: Float64Array;
  counts: Float64Array;
  y:
    | { kind: 'rows'; names: string[]; layout: 'le' | 'ge' | 'center' }
    | { kind: 'values'; base: number | null };
};

export type BucketOptions = {
  mode?: 'size' | 'count';
  value?: string | number;
  scale?: { type?: 'linear' | 'log'; log?: number };
};

export type CellOptions = {
  calculate?: boolean;
  calculation?: { xBuckets?: BucketOptions; yBuckets?: BucketOptions };
  rowsFrame?: { layout?: 'auto' | 'le' | 'ge' | 'unknown' };
};

/** The tiles that frames stand for; `null` where there is nothing to make them of. */
export function cellsOf(
  frames: readonly Frame[],
  options: CellOptions,
  window: { from: number; to: number },
): Cells | null {
  const shown = frames.filter(
    ({ name, meta }) => name !== 'exemplar' && meta?.custom?.resultType !== 'exemplar',
  );
  const sparse = shown.filter(
    ({ meta, fields }) => meta?.type === 'heatmap-cells' || fields.some(({ name }) => name === 'yMin'),
  );
  if (sparse.length > 0) return joinCells(sparse.map(sparseCells).filter((cells) => cells !== null));
  if (options.calculate) return calculatedCells(shown, options.calculation ?? {}, window);
  return rowCells(shown, options.rowsFrame?.layout ?? 'auto');
}

function columnOf({ fields }: Frame, ...names: string[]): Float64Array | undefined {
  const found = fields.find((field) => names.includes(field.name));
  return found && (found.type === 'number' || found.type === 'time') ? found.values : undefined;
}

/** Buckets that say themselves where they lie: native histograms. */
function sparseCells(frame: Frame): Cells | null {
  const { meta } = frame;
  const ends =
    columnOf(frame, 'xMax', 'x', 'Time') ??
    (frame.fields.find(({ type }) => type === 'time') as NumberField | undefined)?.values;
  const starts = columnOf(frame, 'xMin');
  const yMin = columnOf(frame, 'yMin');
  const yMax = columnOf(frame, 'yMax');
  const counts = columnOf(frame, 'count', 'Value', 'value');
  if ((!ends && !starts) || !yMin || !yMax || !counts || counts.length === 0) return null;
  const times = (ends ?? starts)!;
  const step =
    meta?.stepMilliseconds ?? typicalStep(times.filter((time, i) => i === 0 || time !== times[i - 1]));
  return {
    xMin: starts ?? times.map((time) => time - (step || 60_000)),
    xMax: ends ?? times.map((time) => time + (step || 60_000)),
    yMin,
    yMax,
    counts,
    y: { kind: 'values', base: growsBy(yMin, yMax) },
  };
}

/** The factor between the ends of a bucket where it is the same for all: they belong on an axis of that base. */
function growsBy(yMin: Float64Array, yMax: Float64Array): number | null {
  let factor = 0;
  for (let i = 0; i < yMin.length; i++) {
    if (yMin[i]! <= 0) continue;
    const here = yMax[i]! / yMin[i]!;
    if (factor === 0) factor = here;
    else if (Math.abs(here / factor - 1) > 0.01) return null;
  }
  return factor > 1 ? 2 : null;
}

function joinCells(all: readonly Cells[]): Cells | null {
  if (all.length < 2) return all[0] ?? null;
  const join = (key: 'xMin' | 'xMax' | 'yMin' | 'yMax' | 'counts') => {
    const joined = new Float64Array(all.reduce((sum, cells) => sum + cells.counts.length, 0));
    let at = 0;
    for (const cells of all) {
      joined.set(cells[key], at);
      at += cells[key].length;
    }
    return joined;
  };
  return {
    xMin: join('xMin'),
    xMax: join('xMax'),
    yMin: join('yMin'),
    yMax: join('yMax'),
    counts: join('counts'),
    y: all[0]!.y,
  };
}

/** Every column of numbers is a row of tiles. */
function rowCells(
  frames: readonly Frame[],
  layout: NonNullable<CellOptions['rowsFrame']>['layout'],
): Cells | null {
  const rows: { name: string; bound: number; times: Float64Array; values: Float64Array; step: number }[] = [];
  for (const { fields, meta } of frames) {
    const time = fields.find(({ type }) => type === 'time') as NumberField | undefined;
    if (!time) continue;
    for (const field of fields) {
      if (field.type !== 'number') continue;
      const name = field.labels?.le ?? displayName(field);
      const step = meta?.stepMilliseconds || typicalStep(time.values) || 60_000;
      rows.push({ name, bound: boundOf(name), times: time.values, values: field.values, step });
    }
  }
  if (rows.length === 0) return null;
  const areBounds = rows.every(({ bound }) => !Number.isNaN(bound));
  if (areBounds) rows.sort((a, b) => a.bound - b.bound);
  const length = rows.reduce((sum, { times }) => sum + times.length, 0);
  const cells = emptyCells(length);
  const place =
    layout === 'unknown' || (layout !== 'ge' && layout !== 'le' && !areBounds)
      ? 'center'
      : layout === 'ge'
        ? 'ge'
        : 'le';
  let at = 0;
  rows.forEach(({ times, values, step }, row) => {
    for (let i = 0; i < times.length; i++, at++) {
      cells.xMin[at] = times[i]! - step;
      cells.xMax[at] = times[i]!;
      cells.yMin[at] = row;
      cells.yMax[at] = row + 1;
      cells.counts[at] = values[i]!;
    }
  });
  return { ...cells, y: { kind: 'rows', names: rows.map(({ name }) => name), layout: place } };
}

/** The number that the name of a bucket is; NaN where it is none. */
export function boundOf(name: string): number {
  if (/^\+?inf(inity)?$/i.test(name.trim())) return Number.POSITIVE_INFINITY;
  return name.trim() === '' ? Number.NaN : Number(name);
}

function emptyCells(length: number): Omit<Cells, 'y'> {
  return {
    xMin: new Float64Array(length),
    xMax: new Float64Array(length),
    yMin: new Float64Array(length),
    yMax: new Float64Array(length),
    counts: new Float64Array(length),
  };
}

const milliseconds: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30s`, `5m`, or a bare number of milliseconds. */
function durationOf(value: string | number | undefined): number {
  const found = /^\s*([\d.]+)\s*(ms|[smhdw])?\s*$/.exec(String(value ?? ''));
  return found ? Number(found[1]) * (milliseconds[found[2] ?? 'ms'] ?? 1) : 0;
}

const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800,
].map((seconds) => seconds * 1000);

/** Counts how many values fall into which tile. */
function calculatedCells(
  frames: readonly Frame[],
  { xBuckets = {}, yBuckets = {} }: NonNullable<CellOptions['calculation']>,
  { from, to }: { from: number; to: number },
): Cells | null {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const columns: { times: Float64Array; values: Float64Array }[] = [];
  const log = yBuckets.scale?.type === 'log' ? (yBuckets.scale.log ?? 2) : null;
  for (const { fields } of frames) {
    const time = fields.find(({ type }) => type === 'time') as NumberField | undefined;
    for (const field of fields) {
      if (!time || field.type !== 'number') continue;
      columns.push({ times: time.values, values: field.values });
      for (const value of field.values) {
        if (log !== null && value <= 0) continue;
        if (value < min) min = value;
        if (value > max && value < Number.POSITIVE_INFINITY) max = value;
      }
    }
  }
  if (min > max) return null;
  const width =
    xBuckets.mode === 'size' && durationOf(xBuckets.value) > 0
      ? durationOf(xBuckets.value)
      : timeStep((to - from) / countOf(xBuckets, 30));
  const split = log === null ? 1 : Math.max(1, yBuckets.mode === 'count' ? Number(yBuckets.value) || 1 : 1);
  const up = log === null ? (value: number) => value : (value: number) => Math.log(value) / Math.log(log);
  const back = log === null ? (value: number) => value : (value: number) => log ** value;
  const asked = yBuckets.mode === 'size' ? Number(yBuckets.value) : Number.NaN;
  const height =
    log !== null
      ? 1 / split
      : asked > 0
        ? asked
        : roundStep((max - min || Math.abs(max) || 1) / countOf(yBuckets, 20));
  const counts = new Map<string, number>();
  for (const { times, values } of columns) {
    for (let i = 0; i < times.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value) || (log !== null && value <= 0)) continue;
      const key = `${Math.floor(times[i]! / width)} ${Math.floor(up(value) / height + 1e-9)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const cells = emptyCells(counts.size);
  let at = 0;
  for (const [key, count] of counts) {
    const [column, row] = key.split(' ').map(Number) as [number, number];
    cells.xMin[at] = column * width;
    cells.xMax[at] = (column + 1) * width;
    cells.yMin[at] = back(row * height);
    cells.yMax[at] = back((row + 1) * height);
    cells.counts[at++] = count;
  }
  return { ...cells, y: { kind: 'values', base: log } };
}

function countOf({ mode, value }: BucketOptions, usual: number): number {
  const count = mode === 'count' ? Number(value) : Number.NaN;
  return count > 0 ? Math.min(count, 500) : usual;
}

function timeStep(least: number): number {
  return timeSteps.find((step) => step >= least) ?? least;
}

function roundStep(least: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 5, 10].find((lead) => lead * magnitude >= least * (1 - 1e-9)) ?? 10) * magnitude;
}
