import { parser } from '@prometheus-io/lezer-promql';
import { type Filter, matcherOf } from './filters';

/**
 * Puts filters into every selector of a PromQL expression. What does not parse
 * stays as it is: the source will say what is wrong with it.
 */
export function insertFilters(expr: string, filters: readonly Filter[]): string {
  if (filters.length === 0) return expr;
  const matchers = filters.map(matcherOf).join(', ');
  const insertions: { at: number; text: string }[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      if (node.name !== 'VectorSelector') return;
      const braces = node.node.getChild('LabelMatchers');
      if (!braces) {
        insertions.push({ at: node.to, text: `{${matchers}}` });
        return false;
      }
      const close = expr.lastIndexOf('}', braces.to - 1);
      if (close < braces.from) return false;
      const inside = expr.slice(braces.from + 1, close).trimEnd();
      insertions.push({
        at: close,
        text: inside === '' || inside.endsWith(',') ? matchers : `, ${matchers}`,
      });
      return false;
    },
  });
  let result = expr;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + text + result.slice(at);
  }
  return result;
}
