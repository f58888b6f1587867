import { cellOf, cellsOf, fieldOf, withCells } from '../columns';
import type { Field, Frame } from '../frame';
import { joinedRefId, naming, type Transformer, textOf } from './context';

type Row = Map<string, unknown>;

/**
 * All frames in one table. Rows become one where they agree in the columns that
 * all frames have and do not contradict each other in the rest.
 */
export const merge: Transformer = (frames) => {
  const filled = frames.filter(({ fields, length }) => fields.length > 0 && length > 0);
  if (filled.length <= 1) return filled.length === 1 ? filled : frames.slice(0, 1);

  const columns = new Map<string, Field>();
  const uses = new Map<string, number>();
  for (const { fields } of filled) {
    for (const field of fields) {
      if (!columns.has(field.name)) columns.set(field.name, field);
    }
    for (const name of new Set(fields.map((field) => field.name))) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const keys = [...columns.keys()].filter((name) => uses.get(name) === filled.length);

  // Tables that have nothing in common stay apart.
  if (keys.length === 0) return filled;

  const rows: Row[] = [];
  const byKey = new Map<string, Row[]>();
  for (const { fields, length } of filled) {
    for (let index = 0; index < length; index++) {
      const row: Row = new Map();
      for (const field of fields) if (!row.has(field.name)) row.set(field.name, cellOf(field, index));
      const key = JSON.stringify(keys.map((name) => row.get(name) ?? null));
      const alike = byKey.get(key) ?? [];
      const other = alike.find((candidate) => agrees(candidate, row));
      if (other) {
        for (const [name, cell] of row) other.set(name, cell);
        continue;
      }
      rows.push(row);
      alike.push(row);
      byKey.set(key, alike);
    }
  }

  const fields = [...columns.values()].map((field) => {
    const cells = rows.map((row) => row.get(field.name) ?? null);
    const { labels: _labels, ...rest } = withCells(field, cells);
    return rest as Field;
  });
  return [{ fields, length: rows.length, refId: joinedRefId('merge', filled) }];
};

function agrees(a: Row, b: Row): boolean {
  for (const [name, cell] of b) {
    if (a.has(name) && a.get(name) !== cell) return false;
  }
  return true;
}

/** Time, name and value of all series below each other, the newest first. */
export const seriesToRows: Transformer = (frames) => {
  const name = naming(frames);
  const rows: [time: number, metric: string, value: unknown][] = [];
  let timeField: Field | undefined;
  let valueField: Field | undefined;
  for (const { fields, length } of frames) {
    const time = fields.find((field) => field.type === 'time');
    if (!time) continue;
    timeField ??= time;
    for (const field of fields) {
      if (field.type === 'time') continue;
      valueField ??= field;
      for (let row = 0; row < length; row++) {
        rows.push([time.values[row] as number, name(field), cellOf(field, row)]);
      }
    }
  }
  if (!timeField || !valueField) return frames;
  rows.sort((a, b) => b[0] - a[0]);
  const column = (index: 0 | 1 | 2) => rows.map((row) => row[index]);
  return [
    {
      refId: joinedRefId('seriesToRows', frames),
      length: rows.length,
      fields: [
        fieldOf('time', column(0), { name: 'Time', config: timeField.config }),
        fieldOf('string', column(1), { name: 'Metric' }),
        fieldOf(valueField.type, column(2), {
          name: 'Value',
          config: { ...valueField.config, displayName: undefined, displayNameFromDS: undefined },
        }),
      ],
    },
  ];
};

/** The fields of all frames side by side; short ones end in nothing. */
export const concatenate: Transformer = (frames, options) => {
  const length = Math.max(0, ...frames.map((frame) => frame.length));
  const label = textOf(options.frameNameLabel) ?? 'frame';
  const named = (field: Field, frame: Frame): Field => {
    if (!frame.name || options.frameNameMode === 'drop') return field;
    if (options.frameNameMode === 'label') {
      return { ...field, state: undefined, labels: { ...field.labels, [label]: frame.name } };
    }
    return {
      ...field,
      state: undefined,
      name: field.name === 'Value' ? frame.name : `${frame.name} · ${field.name}`,
    };
  };
  const fields = frames.flatMap((frame) =>
    frame.fields.map((field) => {
      const cells = cellsOf(field);
      while (cells.length < length) cells.push(null);
      return withCells(named(field, frame), cells);
    }),
  );
  const refIds = new Set(frames.map(({ refId }) => refId));
  return [{ fields, length, ...(refIds.size === 1 ? { refId: frames[0]!.refId } : {}) }];
};
