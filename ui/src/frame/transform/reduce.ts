import { cellOf, fieldOf, typeOfCells } from '../columns';
import { type Field, type Frame, isTimeField } from '../frame';
import { reduceField, reducerOf } from '../reduce';
import { joinedRefId, listOf, naming, recordOf, type Transformer, textOf } from './context';

/** Each field becomes a row of its reducers, or a frame keeps its fields with one value each. */
export const reduce: Transformer = (frames, options) => {
  const asked = listOf(options.reducers).map(String);
  const ids = (asked.length > 0 ? asked : ['max']).filter((id) => reducerOf(id));
  const isMeant = (field: Field) => options.includeTimeField === true || !isTimeField(field);
  if (options.mode === 'reduceFields') return reducedFields(frames, ids, isMeant);
  return [fieldsToRows(frames, ids, options.labelsToFields === true)];
};

function reducedFields(
  frames: readonly Frame[],
  ids: readonly string[],
  isMeant: (field: Field) => boolean,
): Frame[] {
  return frames.map((frame) => ({
    ...frame,
    length: 1,
    fields: frame.fields.filter(isMeant).flatMap((field) => {
      const values = reduceField(field, ids);
      return ids.map((id) => {
        const { state: _state, ...rest } = field;
        const made = fieldOf(typeOf(values[id], field), [values[id]], rest);
        if (ids.length === 1) return made;
        return { ...made, labels: { ...field.labels, reducer: reducerOf(id)!.name[0] } };
      });
    }),
  }));
}

function typeOf(value: unknown, field: Field): Field['type'] {
  if (typeof value === 'number') return field.type === 'time' ? 'time' : 'number';
  return value === null || value === undefined ? field.type : typeOfCells([value]);
}

function fieldsToRows(frames: readonly Frame[], ids: readonly string[], withLabels: boolean): Frame {
  const name = naming(frames);
  const fields = frames.flatMap((frame) => frame.fields.filter((field) => !isTimeField(field)));
  const labels = withLabels ? [...new Set(fields.flatMap((field) => Object.keys(field.labels ?? {})))] : [];
  const rows = fields.map((field) => reduceField(field, ids));
  const plainName = (field: Field) => (withLabels && field.labels ? field.name : name(field));
  // A unit that all series share holds for what was reduced, too.
  const units = new Set(fields.map((field) => field.config.unit));
  const unit = units.size === 1 ? [...units][0] : undefined;
  return {
    refId: joinedRefId('reduce', frames),
    length: fields.length,
    fields: [
      fieldOf('string', fields.map(plainName), { name: 'Field' }),
      ...labels.map((label) => {
        const cells = fields.map((field) => field.labels?.[label] ?? null);
        return fieldOf('string', cells, { name: label });
      }),
      ...ids.map((id) => {
        const reducer = reducerOf(id)!;
        const cells = rows.map((row) => row[id]);
        const config = unit !== undefined && reducer.keepsUnit ? { unit } : {};
        return fieldOf(typeOfCells(cells), cells, { name: reducer.name[0], config });
      }),
    ],
  };
}

/** One row of fields from a table of names and values. */
export const rowsToFields: Transformer = (frames, options) => {
  const mappings = listOf(options.mappings).map(recordOf);
  const name = naming(frames);
  return frames.map((frame) => {
    const handlerOf = (field: Field) =>
      mappings.find(({ fieldName }) => fieldName === name(field))?.handlerKey;
    const named = frame.fields.find((field) => handlerOf(field) === 'field.name');
    const names = named ?? frame.fields.find((field) => field.type === 'string');
    const valued = frame.fields.find((field) => handlerOf(field) === 'field.value');
    const values = valued ?? frame.fields.find((field) => field.type === 'number');
    if (!names || !values) return frame;
    const others = frame.fields.filter((field) => field !== names && field !== values);
    const fields = Array.from({ length: frame.length }, (_, row) => {
      const labels: Record<string, string> = {};
      const config: Record<string, unknown> = { ...values.config, displayName: undefined };
      for (const field of others) {
        const cell = cellOf(field, row);
        const handler = handlerOf(field) ?? impliedHandler(name(field));
        if (handler === '__ignore' || cell === null) continue;
        if (handler === undefined || handler === 'field.label') labels[name(field)] = String(cell);
        else setConfig(config, String(handler), cell);
      }
      return fieldOf(values.type, [cellOf(values, row)], {
        name: String(cellOf(names, row)),
        labels,
        config,
      });
    });
    return { ...frame, fields, length: 1 };
  });
};

function impliedHandler(name: string): string | undefined {
  const lower = name.toLowerCase();
  return ['min', 'max', 'unit', 'decimals', 'color'].includes(lower) ? lower : undefined;
}

function setConfig(config: Record<string, unknown>, key: string, cell: unknown): void {
  if (key === 'color') config.color = { mode: 'fixed', fixedColor: String(cell) };
  else if (key === 'threshold1') {
    config.thresholds = {
      mode: 'absolute',
      steps: [
        { value: null, color: 'green' },
        { value: Number(cell), color: 'red' },
      ],
    };
  } else if (key === 'min' || key === 'max' || key === 'decimals') config[key] = Number(cell);
  else if (key === 'unit' || key === 'displayName') config[key] = String(cell);
}

/** A row per series: its labels and the series itself, for a sparkline. */
export const timeSeriesTable: Transformer = (frames, options) => {
  const byRefId = new Map<string, Frame[]>();
  for (const frame of frames) {
    const refId = frame.refId ?? '';
    byRefId.set(refId, [...(byRefId.get(refId) ?? []), frame]);
  }
  return [...byRefId].flatMap(([refId, group]): readonly Frame[] => {
    const series = group.flatMap((frame) => {
      const time = frame.fields.find(isTimeField);
      if (!time) return [];
      return frame.fields
        .filter((field) => field.type === 'number')
        .map((value) => ({ ...frame, fields: [time, value] }));
    });
    if (series.length === 0) return group;
    const id = textOf(recordOf(options[refId]).stat) ?? 'lastNotNull';
    const labels = [...new Set(series.flatMap(({ fields }) => Object.keys(fields[1]!.labels ?? {})))];
    const cells = series.map((frame) => {
      const value = reduceField(frame.fields[1]!, [id])[id];
      return { ...frame, value };
    });
    const config = { ...series[0]!.fields[1]!.config, displayNameFromDS: undefined };
    return [
      {
        refId,
        length: series.length,
        fields: [
          ...labels.map((label) =>
            fieldOf(
              'string',
              series.map(({ fields }) => fields[1]!.labels?.[label] ?? null),
              { name: label },
            ),
          ),
          fieldOf('other', cells, { name: refId ? `Trend #${refId}` : 'Trend', config }),
        ],
      },
    ];
  });
};
