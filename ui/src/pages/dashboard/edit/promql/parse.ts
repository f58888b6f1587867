import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { maskQuery } from './mask';
import {
  type BinaryPart,
  type BuilderQuery,
  type Grouping,
  isBinaryNumber,
  type LabelFilter,
  type LabelOperator,
  type Operation,
  operationDefinition,
} from './model';

/** What the builder cannot show: `part` is the piece of the query that is too much for it. */
export type NotShown = { reason: 'syntax' | 'unsupported'; part: string };

export type Parsed = { ok: true; query: BuilderQuery } | { ok: false; why: NotShown };

/** Reads PromQL, dashboard variables included, into the builder's form. */
export function parseQuery(expr: string): Parsed {
  if (expr.trim() === '') {
    return { ok: true, query: { metric: '', labels: [], operations: [], binaries: [] } };
  }
  const masked = maskQuery(expr);
  const tree = parser.parse(masked.text);
  let mistake: SyntaxNode | null = null;
  tree.iterate({
    enter: (ref) => {
      if (ref.type.isError) mistake ??= ref.node;
      if (ref.name === 'LineComment') mistake ??= ref.node;
    },
  });
  const reader = new Reader(masked.text, masked.unmask);
  if (mistake) {
    const at = (mistake as SyntaxNode).from;
    return { ok: false, why: { reason: 'syntax', part: masked.unmask(masked.text.slice(at, at + 30)) } };
  }
  const root = tree.topNode.firstChild;
  if (!root) return { ok: false, why: { reason: 'syntax', part: expr } };
  try {
    return { ok: true, query: reader.query(root) };
  } catch (cause) {
    if (!(cause instanceof TooMuch)) throw cause;
    return { ok: false, why: { reason: 'unsupported', part: masked.unmask(cause.part) } };
  }
}

class TooMuch extends Error {
  constructor(readonly part: string) {
    super(part);
  }
}

class Reader {
  constructor(
    private readonly text: string,
    private readonly unmask: (part: string) => string,
  ) {}

  query(node: SyntaxNode): BuilderQuery {
    switch (node.name) {
      case 'VectorSelector':
        return this.selector(node);
      case 'FunctionCall':
        return this.functionCall(node);
      case 'AggregateExpr':
        return this.aggregation(node);
      case 'BinaryExpr':
        return this.binary(node);
      case 'ParenExpr': {
        const inner = children(node)[0];
        if (inner) return this.query(inner);
      }
    }
    throw new TooMuch(this.raw(node));
  }

  private raw(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  private show(node: SyntaxNode): string {
    return this.unmask(this.raw(node));
  }

  private selector(node: SyntaxNode): BuilderQuery {
    let metric = '';
    const labels: LabelFilter[] = [];
    for (const child of children(node)) {
      if (child.name === 'Identifier') metric = this.show(child);
      else if (child.name === 'LabelMatchers') {
        for (const matcher of children(child)) {
          if (matcher.name === 'QuotedLabelName') {
            metric = this.string(children(matcher)[0] ?? matcher);
            continue;
          }
          const [name, operator, value] = children(matcher);
          if (!name || !operator || !value) throw new TooMuch(this.raw(matcher));
          const label = name.name === 'LabelName' ? this.show(name) : this.string(children(name)[0] ?? name);
          labels.push({
            name: label,
            operator: this.raw(operator) as LabelOperator,
            value: this.string(value),
          });
        }
      } else throw new TooMuch(this.raw(node));
    }
    // The name may also be asked for as a label.
    const nameAt = labels.findIndex(({ name, operator }) => name === '__name__' && operator === '=');
    if (metric === '' && nameAt >= 0) metric = labels.splice(nameAt, 1)[0]!.value;
    return { metric, labels, operations: [], binaries: [] };
  }

  private string(node: SyntaxNode): string {
    const raw = this.show(node);
    if (raw.startsWith('`')) return raw.slice(1, -1);
    const inner = raw.slice(1, -1);
    try {
      return JSON.parse(
        `"${raw.startsWith("'") ? inner.replace(/\\'/g, "'").replace(/(?<!\\)"/g, '\\"') : inner}"`,
      );
    } catch {
      throw new TooMuch(this.raw(node));
    }
  }

  private functionCall(node: SyntaxNode): BuilderQuery {
    const [identifier, body] = children(node);
    if (!identifier || !body) throw new TooMuch(this.raw(node));
    const name = this.raw(identifier);
    const definition = operationDefinition(name);
    if (!definition || definition.isAggregation) throw new TooMuch(`${name}(…)`);
    const args = children(body);
    const inner = definition.at === 'last' ? args.pop() : args.shift();
    if (!inner) throw new TooMuch(this.raw(node));
    const params: string[] = [];
    let query: BuilderQuery;
    if (definition.isRange) {
      const matrix = this.matrix(inner);
      query = matrix.query;
      params.push(matrix.range);
    } else {
      query = this.query(inner);
    }
    for (const arg of args) params.push(this.param(arg));
    // `round(x)` may leave out what has a meaning of its own when it is missing.
    const isShort = params.length < definition.params.length;
    if (params.length > definition.params.length || isShort) {
      if (name === 'round' && isShort) params.push('1');
      else throw new TooMuch(this.raw(node));
    }
    return this.around(node, query, { id: name, params });
  }

  private matrix(node: SyntaxNode): { query: BuilderQuery; range: string } {
    const parts = children(node);
    if (node.name === 'MatrixSelector' && parts.length === 2) {
      return { query: this.query(parts[0]!), range: this.show(parts[1]!) };
    }
    // A subquery with the default step is how a range over values is written.
    if (node.name === 'SubqueryExpr' && parts.length === 2) {
      const query = this.query(parts[0]!);
      if (query.operations.length > 0) return { query, range: this.show(parts[1]!) };
    }
    throw new TooMuch(this.raw(node));
  }

  private param(node: SyntaxNode): string {
    if (node.name === 'StringLiteral') return this.string(node);
    const text = this.show(node);
    const isVariable = node.name === 'VectorSelector' && text.startsWith('$');
    const isNumber =
      node.name === 'NumberDurationLiteral' ||
      (node.name === 'UnaryExpr' && children(node).at(-1)?.name === 'NumberDurationLiteral');
    if (!isVariable && !isNumber) throw new TooMuch(this.raw(node));
    return text;
  }

  private aggregation(node: SyntaxNode): BuilderQuery {
    let operator = '';
    let body: SyntaxNode | null = null;
    let grouping: Grouping = { kind: 'by', labels: [] };
    for (const child of children(node)) {
      if (child.name === 'AggregateOp') operator = this.raw(child).toLowerCase();
      else if (child.name === 'FunctionCallBody') body = child;
      else if (child.name === 'AggregateModifier') grouping = this.grouping(child);
    }
    const definition = operationDefinition(operator);
    if (!definition?.isAggregation || !body) throw new TooMuch(`${operator}(…)`);
    const args = children(body);
    const inner = args.pop();
    if (!inner || args.length !== definition.params.length) throw new TooMuch(this.raw(node));
    const query = this.query(inner);
    return this.around(node, query, { id: operator, params: args.map((arg) => this.param(arg)), grouping });
  }

  private grouping(node: SyntaxNode): Grouping {
    const [kind, list] = children(node);
    const labels = list ? children(list).map((label) => this.labelName(label)) : [];
    return { kind: kind?.name === 'Without' ? 'without' : 'by', labels };
  }

  private labelName(node: SyntaxNode): string {
    return node.name === 'LabelName' ? this.show(node) : this.string(children(node)[0] ?? node);
  }

  /** An operation around a combination of queries has no place in the list of operations. */
  private around(node: SyntaxNode, query: BuilderQuery, operation: Operation): BuilderQuery {
    if (query.binaries.length > 0) throw new TooMuch(this.raw(node));
    return { ...query, operations: [...query.operations, operation] };
  }

  private binary(node: SyntaxNode): BuilderQuery {
    const parts = children(node);
    const left = parts.shift();
    const right = parts.pop();
    const operatorNode = parts.shift();
    if (!left || !right || !operatorNode) throw new TooMuch(this.raw(node));
    const operator = this.raw(operatorNode).toLowerCase();
    const query = this.query(left);
    const number = this.numberOf(right);
    if (number !== null && isBinaryNumber(operator)) {
      if (parts.length > 0) throw new TooMuch(this.raw(node));
      if (query.binaries.length > 0) {
        return { ...query, binaries: [...query.binaries, { operator, right: number }] };
      }
      return this.around(node, query, { id: operator, params: [number] });
    }
    const part: BinaryPart = { operator, right: this.query(right) };
    for (const modifier of parts) {
      if (modifier.name === 'BoolModifier') part.bool = true;
      else if (modifier.name === 'MatchingModifierClause') part.matching = this.show(modifier);
      else throw new TooMuch(this.raw(node));
    }
    return { ...query, binaries: [...query.binaries, part] };
  }

  private numberOf(node: SyntaxNode): string | null {
    try {
      return node.name === 'StringLiteral' ? null : this.param(node);
    } catch {
      return null;
    }
  }
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}
