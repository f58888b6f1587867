import { fieldOf } from '../columns';
import type { Field, Frame } from '../frame';
import { listOf, naming, type Transformer, textOf } from './context';

/** Labels as columns of a table, or as rows of name and value. */
export const labelsToFields: Transformer = (frames, options) => {
  const kept = listOf(options.keepLabels).map(String);
  const isKept = (label: string) => kept.length === 0 || kept.includes(label);
  if (options.mode === 'rows') return asRows(frames, isKept);
  const valueLabel = textOf(options.valueLabel);
  return frames.flatMap((frame) => asColumns(frame, isKept, valueLabel));
};

function asRows(frames: readonly Frame[], isKept: (label: string) => boolean): Frame[] {
  const name = naming(frames);
  const result: Frame[] = [];
  for (const frame of frames) {
    for (const field of frame.fields) {
      const { labels } = field;
      if (!labels) continue;
      const entries = Object.entries(labels).filter(([label]) => isKept(label));
      if (entries.length === 0) continue;
      const [names, values] = [entries.map(([label]) => label), entries.map(([, value]) => value)];
      const { refId } = frame;
      result.push({
        ...(refId ? { refId } : {}),
        name: name(field),
        fields: [fieldOf('string', names, { name: 'label' }), fieldOf('string', values, { name: 'value' })],
        length: entries.length,
      });
    }
  }
  return result;
}

/** A table for the frame: what has no labels, the values, the labels. Fields whose labels differ make more tables. */
function asColumns(
  frame: Frame,
  isKept: (label: string) => boolean,
  valueLabel: string | undefined,
): Frame[] {
  const plain = frame.fields.filter(({ labels }) => !labels || Object.keys(labels).length === 0);
  const labelled = frame.fields.filter((field) => !plain.includes(field));
  if (labelled.length === 0) return [frame];
  const groups = new Map<string, { labels: Record<string, string>; values: Field[] }>();
  for (const field of labelled) {
    const { labels: all = {}, state: _state, ...rest } = field;
    const labels: Record<string, string> = {};
    for (const label of Object.keys(all)) {
      if (isKept(label) && label !== valueLabel) labels[label] = all[label]!;
    }
    const name = (valueLabel !== undefined && all[valueLabel]) || field.name;
    const config = { ...field.config, displayNameFromDS: undefined };
    const key = JSON.stringify(Object.entries(labels).sort());
    const group = groups.get(key) ?? { labels, values: [] };
    group.values.push({ ...rest, name, config } as Field);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, values }) => ({
    ...(frame.refId ? { refId: frame.refId } : {}),
    ...(frame.name ? { name: frame.name } : {}),
    length: frame.length,
    fields: [
      ...plain,
      ...values,
      ...Object.entries(labels).map(([label, value]) =>
        fieldOf('string', new Array<string>(frame.length).fill(value), { name: label }),
      ),
    ],
  }));
}
