import { formatLabels } from '../../api/columns';
import type { Labels } from '../../api/types';

/** Fills a `{{label}}` template; labels that a series does not have are empty. */
export function fillLegend(template: string, labels: Labels): string {
  return template.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
}

/**
 * The names of series in a legend. Without a template these are the labels that
 * tell the series apart; what all have in common would only repeat itself.
 */
export function legendNames(series: readonly Labels[], template: string, expr: string): string[] {
  if (template) return series.map((labels) => fillLegend(template, labels) || expr);
  if (series.length === 0) return [];
  if (series.length === 1) {
    return [Object.keys(series[0]!).length > 0 ? formatLabels(series[0]!) : expr];
  }
  const differing = differingLabels(series);
  return series.map((labels) => {
    const shown: Labels = {};
    for (const name of differing) {
      const value = labels[name];
      if (value !== undefined) shown[name] = value;
    }
    const text = formatLabels(shown);
    return text === '{}' ? formatLabels(labels) : text;
  });
}

export function differingLabels(series: readonly Labels[]): string[] {
  const names = new Set<string>();
  for (const labels of series) for (const name of Object.keys(labels)) names.add(name);
  const first = series[0] ?? {};
  return [...names].filter((name) => series.some((labels) => labels[name] !== first[name]));
}
