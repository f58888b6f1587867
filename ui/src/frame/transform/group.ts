import { cellOf, fieldOf, withCells, withRows } from '../columns';
import type { Field, FieldType, Frame } from '../frame';
import { reduceField, reducerOf } from '../reduce';
import { listOf, naming, recordOf, type Transformer, textOf } from './context';

/** Rows with the same cells in some fields, in the order of the first of each. */
function groupRows(fields: readonly Field[], length: number): number[][] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < length; row++) {
    const key = JSON.stringify(fields.map((field) => cellOf(field, row)));
    const rows = groups.get(key);
    if (rows) rows.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function reducedType(id: string, field: Field): FieldType {
  if (id === 'allIsNull' || id === 'allIsZero') return 'boolean';
  if (id === 'allValues' || id === 'uniqueValues') return 'other';
  const keeps = ['first', 'last', 'firstNotNull', 'lastNotNull', 'min', 'max'].includes(id);
  return keeps ? field.type : 'number';
}

/** A row per group: the grouped fields, then what was asked of the others. */
export const groupBy: Transformer = (frames, options) => {
  const asked = recordOf(options.fields);
  const name = naming(frames);
  const operation = (field: Field) => recordOf(asked[name(field)]);
  const result: Frame[] = [];
  for (const frame of frames) {
    const keys = frame.fields.filter((field) => operation(field).operation === 'groupby');
    if (keys.length === 0) continue;
    const groups = groupRows(keys, frame.length);
    const fields = keys.map((field) =>
      withRows(
        field,
        groups.map((rows) => rows[0]!),
      ),
    );
    for (const field of frame.fields) {
      const { operation: kind, aggregations } = operation(field);
      if (kind !== 'aggregate') continue;
      for (const id of listOf(aggregations).map(String)) {
        const cells = groups.map((rows) => reduceField(withRows(field, rows), [id])[id]);
        const config = reducerOf(id)?.keepsUnit ? { ...field.config } : {};
        delete config.displayName;
        delete config.displayNameFromDS;
        fields.push(fieldOf(reducedType(id, field), cells, { name: `${name(field)} (${id})`, config }));
      }
    }
    const { name: _name, ...rest } = frame;
    result.push({ ...rest, fields, length: groups.length });
  }
  return result;
};

/** A frame for each group of rows. */
export const partitionByValues: Transformer = (frames, options) => {
  const wanted = listOf(options.fields).map(String);
  if (wanted.length === 0) return frames;
  const name = naming(frames);
  const asLabels = recordOf(options.naming).asLabels === true;
  return frames.flatMap((frame) => {
    const keys = wanted.flatMap((key) => frame.fields.find((field) => name(field) === key) ?? []);
    if (keys.length === 0) return [frame];
    const shown = options.keepFields ? frame.fields : frame.fields.filter((field) => !keys.includes(field));
    return groupRows(keys, frame.length).map((rows) => {
      const values = keys.map((field) => String(cellOf(field, rows[0]!)));
      const labels = Object.fromEntries(keys.map((field, index) => [name(field), values[index]!]));
      const fields = shown.map((field) => {
        const part = withRows(field, rows);
        return asLabels && field.type !== 'time' ? { ...part, labels: { ...field.labels, ...labels } } : part;
      });
      return {
        ...frame,
        name: asLabels ? frame.name : values.join(' '),
        fields,
        length: rows.length,
      } as Frame;
    });
  });
};

/** A table with a column per value of one field and a row per value of another. */
export const groupingToMatrix: Transformer = (frames, options) => {
  const columnName = textOf(options.columnField) ?? 'Time';
  const rowName = textOf(options.rowField) ?? 'Time';
  const valueName = textOf(options.valueField) ?? 'Value';
  if (frames.length !== 1) return frames;
  const [frame] = frames as [Frame];
  const name = naming(frames);
  const find = (wanted: string) => frame.fields.find((field) => name(field) === wanted);
  const [column, row, value] = [find(columnName), find(rowName), find(valueName)];
  if (!column || !row || !value) return frames;
  const distinct = (field: Field) => [
    ...new Map(
      Array.from({ length: frame.length }, (_, index) => [
        String(cellOf(field, index)),
        cellOf(field, index),
      ]),
    ).entries(),
  ];
  const [columns, rows] = [distinct(column), distinct(row)];
  const cells = new Map<string, unknown>();
  for (let index = 0; index < frame.length; index++) {
    const key = JSON.stringify([String(cellOf(column, index)), String(cellOf(row, index))]);
    cells.set(key, cellOf(value, index));
  }
  const emptyValue = { null: null, true: true, false: false, zero: 0, empty: '' }[
    String(options.emptyValue ?? 'empty')
  ];
  const empty = value.type === 'number' && emptyValue === '' ? null : emptyValue;
  return [
    {
      ...(frame.refId ? { refId: frame.refId } : {}),
      length: rows.length,
      fields: [
        withCells(
          { ...row, name: `${rowName}\\${columnName}` },
          rows.map(([, cell]) => cell),
        ),
        ...columns.map(([columnText]) =>
          fieldOf(
            value.type,
            rows.map(([rowText]) => {
              const cell = cells.get(JSON.stringify([columnText, rowText]));
              return cell === undefined ? empty : cell;
            }),
            { name: columnText, config: value.config },
          ),
        ),
      ],
    },
  ];
};
