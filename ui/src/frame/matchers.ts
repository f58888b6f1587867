import type { Matcher } from '../dashboard/model';
import { type Field, type Frame, isNumberField, isTimeField } from './frame';
import { regexOf } from './mappings';
import { reduceField } from './reduce';

/** Tells whether a field is meant. `name` gives the field's display name. */
export type FieldMatcher = (field: Field, frame: Frame, name: (field: Field) => string) => boolean;

const never: FieldMatcher = () => false;

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function byNames(names: readonly string[]): FieldMatcher {
  const wanted = new Set(names);
  return (field, _, name) => wanted.has(name(field)) || wanted.has(field.name);
}

function byPattern(text: unknown): FieldMatcher {
  const regex = typeof text === 'string' ? regexOf(text) : null;
  if (!regex) return never;
  return (field, _, name) => {
    regex.lastIndex = 0;
    return regex.test(name(field));
  };
}

const comparisons: Record<string, (a: number, b: number) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

function byValue(options: Record<string, unknown>): FieldMatcher {
  const compare = comparisons[String(options.op ?? '==')];
  const wanted = Number(options.value ?? 0);
  const id = String(options.reducer ?? 'lastNotNull');
  if (!compare) return never;
  return (field) => {
    const found = reduceField(field, [id])[id];
    return compare(typeof found === 'boolean' ? Number(found) : Number(found ?? Number.NaN), wanted);
  };
}

function first(fits: (field: Field) => boolean): FieldMatcher {
  return (field, frame) => frame.fields.find(fits) === field;
}

/** A matcher of an override or a transformation. One that is not known matches nothing. */
export function fieldMatcher({ id, options }: Matcher): FieldMatcher {
  switch (id) {
    case 'anyMatch':
    case 'allMatch': {
      const parts = (Array.isArray(options) ? (options as Matcher[]) : []).map(fieldMatcher);
      return (...args) =>
        id === 'anyMatch' ? parts.some((fits) => fits(...args)) : parts.every((fits) => fits(...args));
    }
    case 'invertMatch': {
      const inner = fieldMatcher(record(options) as Matcher);
      return (...args) => !inner(...args);
    }
    case 'alwaysMatch':
    case 'always':
      return () => true;
    case 'numeric':
      return isNumberField;
    case 'time':
      return isTimeField;
    case 'byName':
      return byNames(strings(options));
    case 'byNames': {
      const { mode, names, prefix, suffix } = record(options);
      const listed = byNames(strings(Array.isArray(options) ? options : names));
      const affixed = prefix || suffix ? byPattern(`^${prefix ?? ''}.*${suffix ?? ''}$`) : never;
      if (mode === 'exclude') return (field, ...rest) => field.type !== 'time' && !listed(field, ...rest);
      return (...args) => listed(...args) || affixed(...args);
    }
    case 'byRegexp':
      return byPattern(options);
    case 'byRegexpOrNames': {
      const { pattern, names } = record(options);
      const [listed, fits] = [byNames(strings(names)), byPattern(pattern)];
      return (...args) => listed(...args) || (typeof pattern === 'string' && pattern !== '' && fits(...args));
    }
    case 'byType':
    case 'byTypes': {
      const types = new Set(strings(options));
      return (field) => types.has(field.type);
    }
    case 'firstByType':
      return first((field) => strings(options).includes(field.type));
    case 'firstTimeField':
      return first(isTimeField);
    case 'byFrameRefID':
      return (_, frame) => frame.refId === options;
    case 'byIndex':
      return (field, frame) => frame.fields.indexOf(field) === Number(options);
    case 'byValue':
      return byValue(record(options));
    default:
      return never;
  }
}

/** Whether a frame is one of those that a transformation's `filter` or option names by its query. */
export function frameMatches(frame: Frame, matcher: Matcher | undefined): boolean {
  if (!matcher) return true;
  switch (matcher.id) {
    case 'byRefId': {
      const text = String(matcher.options ?? '');
      if (text === '') return true;
      return regexOf(text.startsWith('/') ? text : `^(?:${text})$`)?.test(frame.refId ?? '') ?? false;
    }
    case 'byName': {
      return frame.name === matcher.options;
    }
    case 'always':
      return true;
    default:
      return false;
  }
}
