import type { FieldConfig, FieldConfigSource } from '../dashboard/model';
import { type Field, type FieldState, type Frame, isNumberField } from './frame';
import { fieldMatcher } from './matchers';
import { displayNames, labelText } from './names';
import { fillScope, mentionsScope } from './scoped-text';

export type FieldContext = {
  /** Puts dashboard variables into a text. */
  interpolate?(text: string, scoped?: Record<string, unknown>): string;
};

const rangeCache = new WeakMap<Float64Array, { min: number; max: number } | null>();

/** Least and greatest number of a column; null for one that is empty. Columns never change. */
function extent(values: Float64Array): { min: number; max: number } | null {
  let found = rangeCache.get(values);
  if (found === undefined) {
    let [min, max] = [Infinity, -Infinity];
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    found = min > max ? null : { min, max };
    rangeCache.set(values, found);
  }
  return found;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** What the source says of a field comes before the panel's defaults. */
function withDefaults(own: FieldConfig, defaults: FieldConfig): FieldConfig {
  const config: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(defaults)) {
    if (key !== 'custom' && isAbsent(config[key])) config[key] = value;
  }
  config.custom = { ...defaults.custom, ...own.custom };
  return config as FieldConfig;
}

/** Sets `a.b.c` in copies of what is on the way. Names that would reach a prototype are left out. */
function withPath(
  target: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined || key === '__proto__' || key === 'constructor' || key === 'prototype') return target;
  if (rest.length === 0) return { ...target, [key]: value };
  const inner = target[key];
  const object = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  return { ...target, [key]: withPath(object, rest, value) };
}

function withProperty(config: FieldConfig, id: string, value: unknown): FieldConfig {
  const custom = config.custom ?? {};
  if (id.startsWith('custom.')) {
    return { ...config, custom: withPath(custom, id.slice('custom.'.length).split('.'), value) };
  }
  // A null takes away what the defaults set.
  return withPath(config, id.split('.'), value ?? undefined) as FieldConfig;
}

type Draft = { field: Field; frame: Frame; config: FieldConfig };

/**
 * The frames with each field's config worked out (source, then the panel's
 * defaults, then overrides in their order) and its `state`. Columns are shared
 * with the frames given, which stay as they are.
 */
export function applyFieldConfig(
  frames: readonly Frame[],
  source: FieldConfigSource | undefined,
  context: FieldContext = {},
): Frame[] {
  const defaults = source?.defaults ?? {};
  const namesBefore = displayNames(frames);
  const name = (field: Field) => namesBefore.get(field) ?? field.name;
  const overrides = (source?.overrides ?? []).map(({ matcher, properties }) => ({
    fits: fieldMatcher(matcher),
    properties: properties ?? [],
  }));

  const drafts: Draft[][] = frames.map((frame) =>
    frame.fields.map((field) => {
      let config = withDefaults(field.config, defaults);
      for (const { fits, properties } of overrides) {
        if (!fits(field, frame, name)) continue;
        for (const { id, value } of properties) config = withProperty(config, id, value);
      }
      return { field, frame, config };
    }),
  );

  const result: Frame[] = frames.map((frame, index) => ({
    ...frame,
    fields: drafts[index]!.map(
      (draft) => ({ ...draft.field, config: named(draft, name(draft.field), context) }) as Field,
    ),
  }));

  const names = displayNames(result);
  const panelRange = rangeOverAll(result);
  let seriesIndex = 0;
  for (const { fields } of result) {
    for (const field of fields) {
      const state: FieldState = {
        displayName: names.get(field)!,
        seriesIndex: isNumberField(field) ? seriesIndex++ : 0,
        range: isNumberField(field) ? rangeOf(field, panelRange) : { min: 0, max: 0 },
      };
      field.state = state;
    }
  }
  return result;
}

/** The config with the display name's variables put in. */
function named({ field, frame, config }: Draft, plainName: string, context: FieldContext): FieldConfig {
  if (!config.displayName?.includes('$') && !config.displayName?.includes('[[')) return config;
  let text = context.interpolate?.(config.displayName) ?? config.displayName;
  if (mentionsScope(text)) {
    text = fillScope(text, {
      field: { name: field.name, displayName: plainName, labels: field.labels ?? {} },
      seriesName: frame.name ?? (labelText(field.labels) || plainName),
      row: (key) => {
        const other =
          typeof key === 'number'
            ? frame.fields[key]
            : frame.fields.find((candidate) => candidate.name === key);
        const raw = other?.values[0];
        return other && { raw, text: String(raw ?? ''), numeric: Number(raw) };
      },
    });
  }
  return { ...config, displayName: text };
}

function rangeOverAll(frames: readonly Frame[]): { min: number; max: number } | null {
  let [min, max] = [Infinity, -Infinity];
  for (const { fields } of frames) {
    for (const field of fields) {
      if (!isNumberField(field)) continue;
      const found = extent(field.values);
      if (!found) continue;
      min = Math.min(min, found.min);
      max = Math.max(max, found.max);
    }
  }
  return min > max ? null : { min, max };
}

/** From the config, else from all fields of the panel, or this one alone where `fieldMinMax` says so. */
function rangeOf(
  field: Field & { values: Float64Array },
  panel: { min: number; max: number } | null,
): { min: number; max: number } {
  const { config } = field;
  const isAlone = (config as { fieldMinMax?: boolean }).fieldMinMax === true;
  const found = (isAlone ? extent(field.values) : panel) ?? { min: 0, max: 100 };
  return { min: config.min ?? found.min, max: config.max ?? found.max };
}
