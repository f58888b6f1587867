import type { Labels } from '../../api/types';
import type { Matcher } from './syntax-tree';
import { selectorText } from './syntax-tree';

/** A label of a metric's series: its values, the most used first. */
export type LabelUsage = { name: string; values: { value: string; count: number }[] };

/** Counts which labels and values series have. */
export function labelUsage(series: readonly Labels[]): LabelUsage[] {
  const usage = new Map<string, Map<string, number>>();
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) {
      if (name === '__name__') continue;
      const values = usage.get(name) ?? new Map<string, number>();
      usage.set(name, values.set(value, (values.get(value) ?? 0) + 1));
    }
  }
  return [...usage]
    .map(([name, values]) => ({
      name,
      values: [...values]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value, 'en', { numeric: true })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What was chosen: values by label. */
export type Choice = ReadonlyMap<string, ReadonlySet<string>>;

export function withToggled(choice: Choice, label: string, value: string): Choice {
  const values = new Set(choice.get(label) ?? []);
  if (!values.delete(value)) values.add(value);
  const next = new Map(choice);
  if (values.size > 0) next.set(label, values);
  else next.delete(label);
  return next;
}

/** The series that pass what was chosen for other labels than `except`. */
export function matching(series: readonly Labels[], choice: Choice, except?: string): Labels[] {
  const wanted = [...choice].filter(([label]) => label !== except);
  return series.filter((labels) => wanted.every(([label, values]) => values.has(labels[label] ?? '')));
}

/** One value matches as it stands, several as alternatives. */
export function choiceSelector(metric: string, choice: Choice): string {
  const matchers = [...choice].map(([name, values]): Matcher => {
    const list = [...values];
    return list.length === 1
      ? { name, type: '=', value: list[0]! }
      : { name, type: '=~', value: list.map(escapeRegexp).join('|') };
  });
  const isPlain = /^[a-zA-Z_:][\w:]*$/.test(metric);
  const named: Matcher[] = isPlain ? [] : [{ name: '__name__', type: '=', value: metric }];
  return selectorText({ name: metric, matchers: [...named, ...matchers] });
}

function escapeRegexp(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
