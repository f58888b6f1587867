import { syntaxTree } from '@codemirror/language';
import type { EditorView, Tooltip } from '@codemirror/view';
import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import {
  aggregateOpTerms,
  functionIdentifierTerms,
} from '@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms';

type Description = { name: string; detail: string; info: string };

const described: ReadonlyMap<string, Description> = new Map(
  [...functionIdentifierTerms, ...aggregateOpTerms].map(({ label, detail, info }) => [
    label,
    { name: label, detail, info },
  ]),
);

/** What the word under the pointer is: a function or aggregation, or a metric with its type and help. */
export async function describeWord(
  view: EditorView,
  position: number,
  client: PrometheusClient,
): Promise<Tooltip | null> {
  const node = syntaxTree(view.state).resolveInner(position, 0);
  const name = view.state.sliceDoc(node.from, node.to);
  if (!/^[a-zA-Z_:][\w:]*$/.test(name)) return null;
  const isMetric = node.name === 'Identifier';
  const description = isMetric ? await describeMetric(name, client) : described.get(name.toLowerCase());
  if (!description) return null;
  return {
    pos: node.from,
    end: node.to,
    above: true,
    create: () => ({ dom: render(description) }),
  };
}

async function describeMetric(name: string, client: PrometheusClient): Promise<Description | undefined> {
  const known = await client.metricMetadata();
  const entry = (known[name] ?? known[name.replace(/_(?:count|sum|bucket|total)$/, '')])?.[0];
  return entry && { name, detail: entry.type, info: entry.help };
}

function render({ name, detail, info }: Description): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'promql-hover';
  for (const [tag, className, content] of [
    ['strong', 'promql-hover-name', name],
    ['span', 'promql-hover-detail', detail],
    ['p', 'promql-hover-info', info],
  ] as const) {
    const part = document.createElement(tag);
    part.className = className;
    part.textContent = content;
    dom.append(part);
  }
  return dom;
}
