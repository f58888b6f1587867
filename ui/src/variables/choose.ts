import type { Variable, VariableValue } from '../dashboard/model';
import { allText, allValue, type Option } from './options';

export const asList = (value: VariableValue | undefined | null): string[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

export const isAll = (value: VariableValue): boolean => asList(value).includes(allValue);

/** Whether the kind offers a list of choices. */
export function hasChoices({ type }: Variable): boolean {
  return type === 'query' || type === 'custom' || type === 'datasource' || type === 'interval';
}

/** What the dashboard was saved with; `undefined` where it says nothing usable. */
export function savedValue(variable: Variable): VariableValue | undefined {
  const { current, query, type } = variable;
  const value = current?.value;
  if (type === 'constant') return typeof query === 'string' ? query : asList(value)[0];
  if (type === 'textbox') {
    return asList(value)[0] ?? (typeof query === 'string' ? query : '');
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (Array.isArray(value)) return value.map(String);
  return undefined;
}

/**
 * The value that a variable takes among its choices: what is wanted as far as it
 * is there, otherwise All, otherwise the first. `keepsUnknown` lets a wanted value
 * stand that is no choice.
 */
export function chooseValue(
  variable: Variable,
  options: readonly Option[],
  wanted: VariableValue | undefined,
  keepsUnknown: boolean,
): VariableValue {
  if (!hasChoices(variable)) return asList(wanted)[0] ?? '';
  const known = asList(wanted)
    .map((one) => {
      if (one === allValue) return variable.includeAll ? allValue : undefined;
      const option = options.find(({ value }) => value === one) ?? options.find(({ text }) => text === one);
      if (option) return option.value;
      if (one === allText && variable.includeAll) return allValue;
      return keepsUnknown && one !== '' ? one : undefined;
    })
    .filter((one) => one !== undefined);
  if (known.includes(allValue)) return variable.multi ? [allValue] : allValue;
  const fallback = variable.includeAll ? allValue : options[0]?.value;
  if (variable.multi) {
    if (known.length > 0) return [...new Set(known)];
    return fallback === undefined ? [] : [fallback];
  }
  return known[0] ?? fallback ?? '';
}

/** What a person sees of a value. */
export function textOf(options: readonly Option[], value: VariableValue): VariableValue {
  if (isAll(value)) return allText;
  const one = (wanted: string) => options.find((option) => option.value === wanted)?.text ?? wanted;
  return Array.isArray(value) ? value.map(one) : one(value);
}

export function sameValue(a: VariableValue | undefined, b: VariableValue | undefined): boolean {
  return JSON.stringify(asList(a)) === JSON.stringify(asList(b));
}
