import type { Unit } from '../../format/units';

/**
 * Guesses the unit of an expression's result from the suffixes of its metrics
 * and from what functions and operators do to them. What it does not
 * understand is `short`: a plain number is never wrong.
 */
export function inferUnit(expr: string): Unit {
  try {
    const parser = new Parser(tokenize(expr));
    const quantity = parser.expression(0);
    return parser.atEnd() ? shownAs(quantity) : 'short';
  } catch (error) {
    if (error instanceof NotUnderstood) return 'short';
    throw error;
  }
}

/**
 * `base` is what is measured, `per` how it was derived: a rate, a point in
 * time, or a quotient of two equal units. Literals carry their value.
 */
type Quantity = {
  base: 's' | 'bytes' | 'count' | 'other' | 'literal' | 'ratio' | 'percent' | 'bits';
  unit?: Unit;
  per?: 'second' | 'epoch';
  noun?: Unit;
  literal?: number;
  /** What the buckets of a classic histogram count. */
  observed?: Quantity;
};

class NotUnderstood extends Error {}

const unknown: Quantity = { base: 'other' };
const count: Quantity = { base: 'count' };

function shownAs({ base, unit, per, noun }: Quantity): Unit {
  if (per === 'epoch') return 'none';
  switch (base) {
    case 'bytes':
      return per === 'second' ? 'Bps' : 'bytes';
    case 'bits':
      return per === 'second' ? 'bps' : 'bits';
    case 's':
      return per === 'second' ? 'short' : 's';
    case 'ratio':
      return 'percentunit';
    case 'percent':
      return 'percent';
    case 'count':
      return per === 'second' ? (noun ?? 'cps') : 'short';
    case 'other':
      return unit && per !== 'second' ? unit : unit === 'joules' ? 'watt' : 'short';
    default:
      return 'short';
  }
}

const suffixes: [RegExp, Quantity][] = [
  [/_(?:timestamp|time|created)_seconds$|_created$/, { base: 's', per: 'epoch' }],
  [/_seconds$/, { base: 's' }],
  [/_milliseconds$/, { base: 'other', unit: 'ms' }],
  [/_bytes$/, { base: 'bytes' }],
  [/_ratio$/, { base: 'ratio' }],
  [/_percent$/, { base: 'percent' }],
  [/_celsius$/, { base: 'other', unit: 'celsius' }],
  [/_hertz$/, { base: 'other', unit: 'hertz' }],
  [/_volts$/, { base: 'other', unit: 'volt' }],
  [/_amperes$/, { base: 'other', unit: 'amp' }],
  [/_watts$/, { base: 'other', unit: 'watt' }],
  [/_joules$/, { base: 'other', unit: 'joules' }],
];

const nouns: [RegExp, Unit][] = [
  [/request/, 'reqps'],
  [/packet/, 'pps'],
  [/operations|_ops$/, 'ops'],
];

function metricQuantity(name: string): Quantity {
  if (/_count$/.test(name)) return { base: 'count', noun: nounOf(name) };
  if (/_bucket$/.test(name)) return { ...count, observed: metricQuantity(name.slice(0, -'_bucket'.length)) };
  const stem = name.replace(/_(?:total|sum)$/, '');
  for (const [suffix, quantity] of suffixes) if (suffix.test(stem)) return quantity;
  return { base: 'count', noun: nounOf(stem) };
}

function nounOf(name: string): Unit | undefined {
  return nouns.find(([pattern]) => pattern.test(name))?.[1];
}

const aggregations = new Set(
  'sum avg min max topk bottomk limitk limit_ratio quantile stddev stdvar count count_values group'.split(
    ' ',
  ),
);
const counting =
  /^(?:count|count_values|group|count_over_time|present_over_time|absent|absent_over_time|changes|resets|histogram_count)$/;
const perSecond = /^(?:rate|irate|deriv)$/;
const sameAsArgument =
  /^(?:(?:avg|min|max|sum|last|first|mad|stddev)_over_time|increase|delta|idelta|predict_linear|double_exponential_smoothing|abs|ceil|floor|round|clamp|clamp_min|clamp_max|sort|sort_desc|sort_by_label|sort_by_label_desc|label_replace|label_join|scalar|vector|histogram_avg|histogram_sum|histogram_stddev|sum|avg|min|max|stddev|rate|irate|deriv)$/;
const sameAsSecondArgument =
  /^(?:histogram_quantile|quantile_over_time|topk|bottomk|limitk|limit_ratio|quantile)$/;
const ofObservations = /^histogram_(?:quantile|avg|stddev)$/;
const differences = /^(?:delta|idelta|increase)$/;

function callQuantity(name: string, args: Quantity[]): Quantity {
  if (name === 'time' || name === 'timestamp') return { base: 's', per: 'epoch' };
  if (counting.test(name)) return count;
  const argument = sameAsSecondArgument.test(name)
    ? args[1]
    : sameAsArgument.test(name)
      ? args[0]
      : undefined;
  if (!argument) return unknown;
  if (ofObservations.test(name)) return { ...(argument.observed ?? argument), per: undefined };
  if (perSecond.test(name) && !argument.per) return { ...argument, per: 'second' };
  if (differences.test(name) && argument.per === 'epoch') return { base: 's' };
  return argument;
}

function sameKind(a: Quantity, b: Quantity): boolean {
  return a.base === b.base && a.per === b.per && a.unit === b.unit;
}

function operate(operator: string, left: Quantity, right: Quantity): Quantity {
  switch (operator) {
    case '+':
    case '-':
      return addOrSubtract(operator, left, right);
    case '*':
      return right.base === 'literal'
        ? scale(left, right.literal!)
        : left.base === 'literal'
          ? scale(right, left.literal!)
          : unknown;
    case '/':
      return divide(left, right);
    case '%':
      return left;
    case 'and':
    case 'or':
    case 'unless':
      return left;
    case '^':
    case 'atan2':
      return unknown;
    default:
      // Comparisons filter and keep the left value.
      return left.base === 'literal' ? right : left;
  }
}

function addOrSubtract(operator: string, left: Quantity, right: Quantity): Quantity {
  if (left.base === 'literal' && right.base === 'literal') {
    const sum = operator === '+' ? left.literal! + right.literal! : left.literal! - right.literal!;
    return { base: 'literal', literal: sum };
  }
  if (left.per === 'epoch' && right.per === 'epoch') return { base: 's' };
  // "1 - idle" tells that idle is a share.
  if (left.literal === 1 && right.base === 's' && right.per === 'second') return { base: 'ratio' };
  if (left.base === 'literal') return right;
  if (right.base === 'literal' || sameKind(left, right)) return left;
  return unknown;
}

function scale(quantity: Quantity, factor: number): Quantity {
  if (quantity.base === 'literal') return { base: 'literal', literal: quantity.literal! * factor };
  if (factor === 1 || factor === -1) return quantity;
  if (factor === 100 && (quantity.base === 'ratio' || (quantity.base === 's' && quantity.per === 'second')))
    return { base: 'percent' };
  if (factor === 8 && quantity.base === 'bytes') return { ...quantity, base: 'bits' };
  if (factor === 1000 && quantity.base === 's' && !quantity.per) return { base: 'other', unit: 'ms' };
  return unknown;
}

function divide(left: Quantity, right: Quantity): Quantity {
  if (right.base === 'literal') return scale(left, 1 / right.literal!);
  if (left.base === 'literal') return unknown;
  if (sameKind(left, right) && left.base !== 'other') return { base: 'ratio' };
  // A mean: seconds per second over events per second is seconds per event.
  if (left.per === right.per && right.base === 'count') return { base: left.base, unit: left.unit };
  if (right.base === 's' && !right.per && !left.per) return { ...left, per: 'second' };
  // Busy seconds per second over a number of processors.
  if (left.base === 's' && left.per === 'second' && right.base === 'count' && !right.per)
    return { base: 'ratio' };
  return unknown;
}

type Token = { kind: 'number' | 'word' | 'string' | 'symbol'; text: string };

const tokenPattern =
  /\s+|#[^\n]*|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<number>(?:0x[\da-f]+|\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)(?:(?:ms|[smhdwy])\d*)*)|(?<word>[$a-z_:][\w:.$]*)|(?<symbol>==|!=|>=|<=|=~|!~|[-+*/%^<>=(){}[\],@:])/giy;

function tokenize(expr: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < expr.length) {
    const match = tokenPattern.exec(expr);
    if (!match) throw new NotUnderstood();
    for (const [kind, text] of Object.entries(match.groups ?? {})) {
      if (text !== undefined) tokens.push({ kind: kind as Token['kind'], text });
    }
  }
  return tokens;
}

const precedence: Record<string, number> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

class Parser {
  private position = 0;

  constructor(private readonly tokens: Token[]) {}

  atEnd(): boolean {
    return this.position >= this.tokens.length;
  }

  expression(minPrecedence: number): Quantity {
    let left = this.operand();
    for (;;) {
      const operator = this.peek()?.text.toLowerCase() ?? '';
      const level = this.peek()?.kind === 'string' ? undefined : precedence[operator];
      if (level === undefined || level < minPrecedence) return left;
      this.position++;
      const asBool = this.takeWord('bool');
      for (const modifier of ['on', 'ignoring', 'group_left', 'group_right']) {
        if (this.takeWord(modifier) && this.peek()?.text === '(') this.skipBrackets('(', ')');
      }
      const right = this.expression(level + 1);
      left = asBool ? count : operate(operator, left, right);
    }
  }

  private operand(): Quantity {
    const token = this.next();
    if (token.kind === 'symbol' && (token.text === '-' || token.text === '+')) {
      const inner = this.expression(6);
      return inner.base === 'literal' && token.text === '-'
        ? { base: 'literal', literal: -inner.literal! }
        : inner;
    }
    return this.postfix(this.primary(token));
  }

  private primary(token: Token): Quantity {
    if (token.kind === 'number') return { base: 'literal', literal: Number(token.text.replaceAll('_', '')) };
    if (token.kind === 'string') return unknown;
    if (token.text === '(') {
      const inner = this.expression(0);
      this.expect(')');
      return inner;
    }
    if (token.text === '{') {
      this.position--;
      return metricQuantity(this.selectorName() ?? '');
    }
    if (token.kind !== 'word') throw new NotUnderstood();
    const name = token.text.toLowerCase();
    if (aggregations.has(name) && this.skipGrouping()) {
      this.expect('(');
      return callQuantity(name, this.args());
    }
    if (this.peek()?.text === '(') {
      this.position++;
      const args = this.args();
      if (aggregations.has(name)) this.skipGrouping();
      return callQuantity(name, args);
    }
    if (name === 'inf' || name === 'nan') return { base: 'literal', literal: Number.NaN };
    if (this.peek()?.text === '{') this.skipBrackets('{', '}');
    return metricQuantity(token.text);
  }

  private postfix(quantity: Quantity): Quantity {
    for (;;) {
      if (this.peek()?.text === '[') this.skipBrackets('[', ']');
      else if (this.takeWord('offset')) {
        if (this.peek()?.text === '-') this.position++;
        this.position++;
      } else if (this.peek()?.text === '@') {
        this.position += 2;
        if (this.peek()?.text === '(') this.skipBrackets('(', ')');
      } else return quantity;
    }
  }

  private args(): Quantity[] {
    const args: Quantity[] = [];
    while (this.peek()?.text !== ')') {
      args.push(this.expression(0));
      if (this.peek()?.text === ',') this.position++;
    }
    this.expect(')');
    return args;
  }

  private skipGrouping(): boolean {
    if (!this.takeWord('by') && !this.takeWord('without')) return false;
    this.skipBrackets('(', ')');
    return true;
  }

  /** The name in `{"name", …}` or `{__name__="name"}`. */
  private selectorName(): string | undefined {
    const start = this.position;
    this.skipBrackets('{', '}');
    const inside = this.tokens.slice(start + 1, this.position - 1);
    const quoted =
      inside[0]?.kind === 'string' && (inside[1] === undefined || inside[1].text === ',')
        ? inside[0]
        : inside.find((_, i) => inside[i - 2]?.text === '__name__' && inside[i - 1]?.text === '=');
    return quoted?.text.slice(1, -1);
  }

  private skipBrackets(open: string, close: string): void {
    this.expect(open);
    for (let depth = 1; depth > 0; ) {
      const { kind, text } = this.next();
      if (kind !== 'symbol') continue;
      if (text === open) depth++;
      else if (text === close) depth--;
    }
  }

  private peek(): Token | undefined {
    return this.tokens[this.position];
  }

  private next(): Token {
    const token = this.tokens[this.position++];
    if (!token) throw new NotUnderstood();
    return token;
  }

  private expect(text: string): void {
    if (this.next().text !== text) throw new NotUnderstood();
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.position++;
    return true;
  }
}
