import type { MetricType } from '../../api/types';

export type SuggestedQuery = { kind: 'rate' | 'sumBy' | 'quantile' | 'average'; expr: string };

/** What is usually asked of a metric of this type. */
export function suggestedQueries(
  name: string,
  type: MetricType | undefined,
  selector: string,
): SuggestedQuery[] {
  const rate = `rate(${selector}[$__rate_interval])`;
  if (name.endsWith('_bucket')) {
    return [
      { kind: 'quantile', expr: `histogram_quantile(0.95, sum by (le) (${rate}))` },
      { kind: 'rate', expr: `sum by (le) (${rate})` },
    ];
  }
  if (type === 'histogram' && !/_(?:count|sum)$/.test(name)) {
    return [
      { kind: 'quantile', expr: `histogram_quantile(0.95, sum(${rate}))` },
      { kind: 'average', expr: `histogram_avg(sum(${rate}))` },
      { kind: 'rate', expr: `sum(${rate})` },
    ];
  }
  if (type === 'counter' || /_(?:total|count|sum)$/.test(name)) {
    return [
      { kind: 'rate', expr: rate },
      { kind: 'sumBy', expr: `sum by (instance) (${rate})` },
    ];
  }
  return [{ kind: 'average', expr: `avg(${selector})` }];
}
