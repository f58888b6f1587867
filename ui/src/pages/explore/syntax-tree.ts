import type { Result } from '../../api/errors';
import { get } from '../../api/request';

/** A matcher as `/api/v1/parse_query` writes it. */
export type Matcher = { name: string; type: '=' | '!=' | '=~' | '!~'; value: string };

type Selector = {
  name: string;
  matchers: Matcher[];
  /** Milliseconds. */
  offset: number;
  timestamp: number | null;
  startOrEnd: 'start' | 'end' | null;
  anchored?: boolean;
  smoothed?: boolean;
};

/** The nodes of `/api/v1/parse_query`. */
export type SyntaxNode =
  | {
      type: 'aggregation';
      op: string;
      expr: SyntaxNode;
      param: SyntaxNode | null;
      grouping: string[] | null;
      without: boolean;
    }
  | {
      type: 'binaryExpr';
      op: string;
      lhs: SyntaxNode;
      rhs: SyntaxNode;
      bool: boolean;
      matching: {
        card: 'one-to-one' | 'one-to-many' | 'many-to-one' | 'many-to-many';
        labels: string[] | null;
        on: boolean;
        include: string[] | null;
      } | null;
    }
  | { type: 'call'; func: { name: string }; args: SyntaxNode[] }
  | (Selector & { type: 'vectorSelector' })
  | (Selector & { type: 'matrixSelector'; range: number })
  | {
      type: 'subquery';
      expr: SyntaxNode;
      range: number;
      step: number;
      offset: number;
      timestamp: number | null;
      startOrEnd: 'start' | 'end' | null;
    }
  | { type: 'numberLiteral'; val: string }
  | { type: 'stringLiteral'; val: string }
  | { type: 'parenExpr'; expr: SyntaxNode }
  | { type: 'unaryExpr'; op: string; expr: SyntaxNode }
  | { type: 'placeholder'; children: SyntaxNode[] };

export function parseQuery(query: string, signal?: AbortSignal): Promise<Result<SyntaxNode>> {
  return get('/api/v1/parse_query', { query }, { signal });
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  switch (node.type) {
    case 'aggregation':
      return node.param ? [node.param, node.expr] : [node.expr];
    case 'binaryExpr':
      return [node.lhs, node.rhs];
    case 'call':
      return node.args;
    case 'subquery':
    case 'parenExpr':
    case 'unaryExpr':
      return [node.expr];
    case 'placeholder':
      return node.children;
    default:
      return [];
  }
}

export type SelectorNode = Extract<SyntaxNode, { type: 'vectorSelector' | 'matrixSelector' }>;

export function selectorsOf(node: SyntaxNode): SelectorNode[] {
  if (node.type === 'vectorSelector' || node.type === 'matrixSelector') return [node];
  return childrenOf(node).flatMap(selectorsOf);
}

/** `name{label="value"}` without time. */
export function selectorText({ name, matchers }: Pick<Selector, 'name' | 'matchers'>): string {
  const isPlain = /^[a-zA-Z_:][\w:]*$/.test(name);
  const pairs = matchers
    .filter(
      (matcher) =>
        !(matcher.name === '__name__' && matcher.type === '=' && matcher.value === name && isPlain),
    )
    .map((matcher) => matcherText(matcher));
  const prefix = isPlain ? name : '';
  return pairs.length === 0 ? prefix || '{}' : `${prefix}{${pairs.join(', ')}}`;
}

export function matcherText({ name, type, value }: Matcher): string {
  return `${labelText(name)}${type}${JSON.stringify(value)}`;
}

export function labelText(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** What a node does, without its operands: for a line of the tree. */
export function nodeTitle(node: SyntaxNode): string {
  switch (node.type) {
    case 'aggregation':
      return `${node.op}${groupingText(node)}`;
    case 'binaryExpr':
      return `${node.op}${node.bool ? ' bool' : ''}${matchingText(node.matching)}`;
    case 'call':
      return `${node.func.name}()`;
    case 'subquery':
      return `subquery ${rangeText(node)}`;
    case 'parenExpr':
      return '( )';
    case 'unaryExpr':
      return node.op;
    default:
      return nodeText(node);
  }
}

/** The node as PromQL. */
export function nodeText(node: SyntaxNode): string {
  switch (node.type) {
    case 'aggregation': {
      const args = childrenOf(node).map(nodeText).join(', ');
      return `${node.op}${groupingText(node)} (${args})`;
    }
    case 'binaryExpr':
      return `${nodeText(node.lhs)} ${nodeTitle(node)} ${nodeText(node.rhs)}`;
    case 'call':
      return `${node.func.name}(${node.args.map(nodeText).join(', ')})`;
    case 'vectorSelector':
      return selectorText(node) + edgeText(node) + timeText(node);
    case 'matrixSelector':
      return `${selectorText(node)}[${durationText(node.range)}]${edgeText(node)}${timeText(node)}`;
    case 'subquery':
      return `${nodeText(node.expr)}${rangeText(node)}${timeText(node)}`;
    case 'numberLiteral':
      return node.val;
    case 'stringLiteral':
      return JSON.stringify(node.val);
    case 'parenExpr':
      return `(${nodeText(node.expr)})`;
    case 'unaryExpr':
      return `${node.op}${nodeText(node.expr)}`;
    default:
      return '…';
  }
}

function groupingText({ grouping, without }: { grouping: string[] | null; without: boolean }): string {
  if (!without && !grouping?.length) return '';
  return ` ${without ? 'without' : 'by'} (${(grouping ?? []).map(labelText).join(', ')})`;
}

function matchingText(matching: Extract<SyntaxNode, { type: 'binaryExpr' }>['matching']): string {
  if (!matching) return '';
  let result = '';
  if (matching.on || matching.labels?.length) {
    result = ` ${matching.on ? 'on' : 'ignoring'} (${(matching.labels ?? []).map(labelText).join(', ')})`;
  }
  const side = { 'many-to-one': 'group_left', 'one-to-many': 'group_right' }[matching.card as string];
  return side ? `${result} ${side} (${(matching.include ?? []).map(labelText).join(', ')})` : result;
}

function rangeText({ range, step }: { range: number; step: number }): string {
  return `[${durationText(range)}:${step > 0 ? durationText(step) : ''}]`;
}

function edgeText({ anchored, smoothed }: Selector): string {
  return anchored ? ' anchored' : smoothed ? ' smoothed' : '';
}

function timeText({
  offset,
  timestamp,
  startOrEnd,
}: Pick<Selector, 'offset' | 'timestamp' | 'startOrEnd'>): string {
  const at = startOrEnd
    ? ` @ ${startOrEnd}()`
    : timestamp !== null
      ? ` @ ${(timestamp / 1000).toFixed(3)}`
      : '';
  const shift = offset === 0 ? '' : ` offset ${offset < 0 ? '-' : ''}${durationText(Math.abs(offset))}`;
  return at + shift;
}

function durationText(milliseconds: number): string {
  let rest = milliseconds;
  let result = '';
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) result += `${count}${unit}`;
  }
  return result || '0s';
}
