import {
  type BuilderQuery,
  type Grouping,
  isBinaryNumber,
  type LabelFilter,
  type Operation,
  operationDefinition,
} from './model';

/** The PromQL of a query in the builder, on one line. */
export function printQuery(query: BuilderQuery): string {
  let expr = selector(query);
  // A range binds to the selector, so the first operation decides how it is written.
  let isRangeDue = true;
  // Whether a number was combined last: what comes around it needs no parentheses, what is beside it does.
  let binding: string | null = null;
  for (const operation of query.operations) {
    if (isBinaryNumber(operation.id)) {
      const left = binding !== null && !bindsAtLeast(binding, operation.id) ? `(${expr})` : expr;
      expr = `${left} ${operation.id} ${operation.params[0] ?? ''}`;
      binding = operation.id;
    } else {
      expr = call(operation, expr, isRangeDue);
      binding = null;
    }
    isRangeDue = false;
  }
  for (const { operator, bool, matching, right } of query.binaries) {
    const left = binding !== null && !bindsAtLeast(binding, operator) ? `(${expr})` : expr;
    const modifier = `${bool ? ' bool' : ''}${matching ? ` ${matching}` : ''}`;
    expr = `${left} ${operator}${modifier} ${operand(right)}`;
    binding = operator;
  }
  return expr;
}

const precedence: Record<string, number> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '>=': 3,
  '<': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

function bindsAtLeast(inner: string, outer: string): boolean {
  // Powers bind to the right: (a ^ 2) ^ 3 needs its parentheses.
  if (outer === '^') return false;
  return (precedence[inner] ?? 0) >= (precedence[outer] ?? 0);
}

function operand(right: BuilderQuery | string): string {
  if (typeof right === 'string') return right;
  const expr = printQuery(right);
  const isOne = right.binaries.length === 0 && !right.operations.some(({ id }) => isBinaryNumber(id));
  const last = right.operations.at(-1);
  return isOne || (right.binaries.length === 0 && last && !isBinaryNumber(last.id)) ? expr : `(${expr})`;
}

function call(operation: Operation, inner: string, isRangeDue: boolean): string {
  const definition = operationDefinition(operation.id);
  if (!definition) return inner;
  const args = operation.params.map((param, at) =>
    definition.params[at]?.kind === 'text' ? JSON.stringify(param) : param,
  );
  let body = inner;
  if (definition.isRange) {
    const duration = args.shift() ?? '$__rate_interval';
    // Over anything but a selector a range needs a subquery.
    body = isRangeDue
      ? `${inner}[${duration}]`
      : `${needsParentheses(inner) ? `(${inner})` : inner}[${duration}:]`;
  }
  const all = definition.at === 'last' ? [...args, body] : [body, ...args];
  return `${operation.id}${groupingText(operation.grouping)}(${all.join(', ')})`;
}

function needsParentheses(expr: string): boolean {
  return !/^[\w:]*(\{.*\}|\(.*\))?$/s.test(expr);
}

function groupingText(grouping: Grouping | undefined): string {
  if (!grouping || (grouping.kind === 'by' && grouping.labels.length === 0)) return '';
  return ` ${grouping.kind} (${grouping.labels.map(labelName).join(', ')}) `;
}

function selector({ metric, labels }: BuilderQuery): string {
  const isPlain = /^[a-zA-Z_:$][\w:${}]*$/.test(metric);
  const filters = labels.filter(({ name }) => name !== '').map(filterText);
  if (metric !== '' && !isPlain) filters.unshift(JSON.stringify(metric));
  const name = isPlain ? metric : '';
  return filters.length > 0 || name === '' ? `${name}{${filters.join(', ')}}` : name;
}

function filterText({ name, operator, value }: LabelFilter): string {
  return `${labelName(name)}${operator}${JSON.stringify(value)}`;
}

function labelName(name: string): string {
  return /^[a-zA-Z_$][\w${}]*$/.test(name) ? name : JSON.stringify(name);
}
