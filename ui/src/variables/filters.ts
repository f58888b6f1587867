import type { Variable } from '../dashboard/model';

/** One condition of an ad hoc variable. */
export type Filter = { key: string; operator: string; value: string };

export const filterOperators = ['=', '!=', '=~', '!~'] as const;

const escapePart = (text: string) => text.replaceAll('|', '__gfp__').replaceAll(',', '__gfc__');
const unescapePart = (text: string) => text.replaceAll('__gfp__', '|').replaceAll('__gfc__', ',');

/** Filters as the URL has them: `key|=|value`, one parameter each. */
export function writeFilter({ key, operator, value }: Filter): string {
  return [key, operator, value].map(escapePart).join('|');
}

export function readFilter(text: string): Filter | null {
  const parts = text.split('|').map(unescapePart);
  return parts.length === 3 && parts[0] ? { key: parts[0], operator: parts[1]!, value: parts[2]! } : null;
}

export function savedFilters({ filters }: Variable): Filter[] {
  return (filters ?? []).map(({ key, operator, value }) => ({ key, operator, value }));
}

/** A filter as a matcher of PromQL. */
export function matcherOf({ key, operator, value }: Filter): string {
  return `${key}${operator}${JSON.stringify(value)}`;
}
