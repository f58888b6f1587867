import { cellOf, withCells } from '../columns';
import type { Field, Frame } from '../frame';
import { joinedRefId, naming, type Transformer, textOf } from './context';
import { compareCells } from './fields';

type Part = { frame: Frame; by: Field; others: Field[] };

/** The frames' fields beside each other, their rows put together where the values of one field are the same. */
export const joinByField: Transformer = (frames, options) => {
  const wanted = textOf(options.byField);
  const mode = options.mode === 'inner' ? 'inner' : options.mode === 'outerTabular' ? 'tabular' : 'outer';
  return joinFrames(frames, wanted, mode);
};

export function joinFrames(
  frames: readonly Frame[],
  wanted: string | undefined,
  mode: 'outer' | 'inner' | 'tabular',
): readonly Frame[] {
  const name = naming(frames);
  const isKey = (field: Field) =>
    wanted === undefined ? field.type === 'time' : name(field) === wanted || field.name === wanted;
  const parts: Part[] = [];
  for (const frame of frames) {
    const by = frame.fields.find(isKey);
    if (by) parts.push({ frame, by, others: frame.fields.filter((field) => field !== by) });
  }
  if (parts.length === 0) return mode === 'outer' ? frames : [];
  if (parts.length === 1) {
    const [{ frame, by, others }] = parts as [Part];
    return [{ ...frame, fields: [by, ...others] }];
  }
  const joined = mode === 'outer' ? outer(parts) : tabular(parts, mode === 'inner');
  const refId = joinedRefId(
    'joinByField',
    parts.map(({ frame }) => frame),
  );
  return [{ ...joined, refId }];
}

/** Fields that came from frames of different names keep these as a label, so that they stay apart. */
function labelled(field: Field, frame: Frame): Field {
  const { state: _state, ...rest } = field;
  if (!frame.name || field.config.displayNameFromDS) return rest as Field;
  return { ...rest, labels: { ...field.labels, name: frame.name } } as Field;
}

function keyOf(cell: unknown): unknown {
  return cell !== null && typeof cell === 'object' ? JSON.stringify(cell) : cell;
}

/** One row per value of the key, in its order; of rows with the same value in one frame, the last counts. */
function outer(parts: readonly Part[]): Frame {
  const keys = new Map<unknown, unknown>();
  for (const { by, frame } of parts) {
    for (let row = 0; row < frame.length; row++) {
      const cell = cellOf(by, row);
      if (cell !== null) keys.set(keyOf(cell), cell);
    }
  }
  const ordered = [...keys.values()].sort(compareCells);
  const place = new Map(ordered.map((cell, index) => [keyOf(cell), index]));
  const fields: Field[] = [withCells(parts[0]!.by, ordered)];
  for (const { by, others, frame } of parts) {
    const rows = new Array<number>(ordered.length).fill(-1);
    for (let row = 0; row < frame.length; row++) {
      const at = place.get(keyOf(cellOf(by, row)));
      if (at !== undefined) rows[at] = row;
    }
    for (const field of others) {
      const cells = rows.map((row) => (row < 0 ? null : cellOf(field, row)));
      fields.push(withCells(labelled(field, frame), cells));
    }
  }
  return { fields, length: ordered.length };
}

/** Every pair of rows with the same key, as SQL joins; an outer one keeps those without a partner. */
function tabular(parts: readonly Part[], isInner: boolean): Frame {
  let keys: unknown[] = [];
  let rowsOf: number[][] = [];
  parts.forEach(({ by, frame }, index) => {
    const byKey = new Map<unknown, number[]>();
    for (let row = 0; row < frame.length; row++) {
      const cell = cellOf(by, row);
      const key = keyOf(cell);
      byKey.set(key, [...(byKey.get(key) ?? []), row]);
    }
    if (index === 0) {
      for (const rows of byKey.values()) {
        for (const row of rows) {
          keys.push(cellOf(by, row));
          rowsOf.push([row]);
        }
      }
      return;
    }
    const nextKeys: unknown[] = [];
    const nextRows: number[][] = [];
    const met = new Set<unknown>();
    keys.forEach((cell, at) => {
      const partners = byKey.get(keyOf(cell));
      met.add(keyOf(cell));
      if (!partners && isInner) return;
      for (const row of partners ?? [-1]) {
        nextKeys.push(cell);
        nextRows.push([...rowsOf[at]!, row]);
      }
    });
    if (!isInner) {
      for (const [key, rows] of byKey) {
        if (met.has(key)) continue;
        for (const row of rows) {
          nextKeys.push(cellOf(by, row));
          nextRows.push([...new Array<number>(index).fill(-1), row]);
        }
      }
    }
    keys = nextKeys;
    rowsOf = nextRows;
  });
  const fields: Field[] = [withCells(parts[0]!.by, keys)];
  parts.forEach(({ others, frame }, index) => {
    for (const field of others) {
      const cells = rowsOf.map((rows) => (rows[index]! < 0 ? null : cellOf(field, rows[index]!)));
      fields.push(withCells(labelled(field, frame), cells));
    }
  });
  return { fields, length: keys.length };
}
