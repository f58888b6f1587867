/**
 * A query as the builder shows it: a metric with label filters, operations put
 * around it one after the other, and at last other queries that it is combined
 * with. What PromQL can say and this cannot is left to the code editor.
 */
export type BuilderQuery = {
  metric: string;
  labels: LabelFilter[];
  operations: Operation[];
  binaries: BinaryPart[];
};

export type LabelOperator = '=' | '!=' | '=~' | '!~';

export type LabelFilter = { name: string; operator: LabelOperator; value: string };

/** `params` are in the order of the definition; text stands without its quotes. */
export type Operation = { id: string; params: string[]; grouping?: Grouping };

export type Grouping = { kind: 'by' | 'without'; labels: string[] };

export type BinaryPart = {
  operator: string;
  bool?: boolean;
  /** `on (a, b) group_left (c)`, verbatim. */
  matching?: string;
  /** A number combined after another query, or a query. */
  right: BuilderQuery | string;
};

export type ParamKind = 'duration' | 'number' | 'text';

export type OperationCategory = 'range' | 'aggregation' | 'function' | 'time' | 'arithmetic' | 'comparison';

export type OperationDefinition = {
  id: string;
  category: OperationCategory;
  params: { name: string; kind: ParamKind; fallback: string }[];
  /** Where the query stands among the arguments; the others are `params`. */
  at: 'first' | 'last';
  /** Reads a range, so that the selector gets `[duration]`: the first of its params. */
  isRange?: boolean;
  isAggregation?: boolean;
};

const rate = '$__rate_interval';
const range = { name: 'range', kind: 'duration', fallback: rate } as const;
const longRange = { name: 'range', kind: 'duration', fallback: '$__interval' } as const;
const number = (name: string, fallback: string) => ({ name, kind: 'number', fallback }) as const;
const words = (name: string) => ({ name, kind: 'text', fallback: '' }) as const;

const ranges: OperationDefinition[] = [
  ...['rate', 'irate', 'increase', 'delta', 'idelta', 'deriv'].map((id) => ({ id, params: [range] })),
  ...[
    'avg_over_time',
    'min_over_time',
    'max_over_time',
    'sum_over_time',
    'count_over_time',
    'last_over_time',
    'stddev_over_time',
    'present_over_time',
    'changes',
    'resets',
  ].map((id) => ({ id, params: [longRange] })),
  { id: 'predict_linear', params: [longRange, number('seconds', '3600')] },
].map((entry) => ({ ...entry, category: 'range', at: 'first', isRange: true }) as const);

const quantileOverTime: OperationDefinition = {
  id: 'quantile_over_time',
  category: 'range',
  params: [longRange, number('quantile', '0.95')],
  at: 'last',
  isRange: true,
};

const aggregations: OperationDefinition[] = [
  ...['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'group'].map((id) => ({ id, params: [] })),
  ...['topk', 'bottomk'].map((id) => ({ id, params: [number('k', '5')] })),
  { id: 'quantile', params: [number('quantile', '0.95')] },
  { id: 'count_values', params: [words('label')] },
].map((entry) => ({ ...entry, category: 'aggregation', at: 'last', isAggregation: true }) as const);

const functions: OperationDefinition[] = [
  { id: 'histogram_quantile', params: [number('quantile', '0.95')], at: 'last' as const },
  ...[
    'abs',
    'ceil',
    'floor',
    'exp',
    'ln',
    'log2',
    'log10',
    'sqrt',
    'sgn',
    'sort',
    'sort_desc',
    'absent',
    'scalar',
  ].map((id) => ({ id, params: [], at: 'first' as const })),
  { id: 'round', params: [number('to', '1')], at: 'first' as const },
  { id: 'clamp', params: [number('min', '0'), number('max', '1')], at: 'first' as const },
  { id: 'clamp_min', params: [number('min', '0')], at: 'first' as const },
  { id: 'clamp_max', params: [number('max', '1')], at: 'first' as const },
  {
    id: 'label_replace',
    params: [words('target'), words('replacement'), words('source'), words('regex')],
    at: 'first' as const,
  },
].map((entry) => ({ ...entry, category: 'function' }) as const);

const times: OperationDefinition[] = [
  'timestamp',
  'hour',
  'minute',
  'day_of_week',
  'day_of_month',
  'days_in_month',
  'month',
  'year',
].map((id) => ({ id, category: 'time', params: [], at: 'first' }) as const);

const arithmetic: OperationDefinition[] = ['+', '-', '*', '/', '%', '^'].map(
  (id) => ({ id, category: 'arithmetic', params: [number('number', '100')], at: 'first' }) as const,
);
const comparisons: OperationDefinition[] = ['==', '!=', '>', '>=', '<', '<='].map(
  (id) => ({ id, category: 'comparison', params: [number('number', '0')], at: 'first' }) as const,
);

export const operationDefinitions: readonly OperationDefinition[] = [
  ...ranges,
  quantileOverTime,
  ...aggregations,
  ...functions,
  ...times,
  ...arithmetic,
  ...comparisons,
];

const byId = new Map(operationDefinitions.map((definition) => [definition.id, definition]));

export function operationDefinition(id: string): OperationDefinition | undefined {
  return byId.get(id);
}

export function newOperation(definition: OperationDefinition): Operation {
  return {
    id: definition.id,
    params: definition.params.map(({ fallback }) => fallback),
    ...(definition.isAggregation && { grouping: { kind: 'by', labels: [] } }),
  };
}

export function isBinaryNumber(id: string): boolean {
  const category = byId.get(id)?.category;
  return category === 'arithmetic' || category === 'comparison';
}

export const emptyQuery: BuilderQuery = { metric: '', labels: [], operations: [], binaries: [] };

/**
 * Adds an operation where it makes sense: what reads a range goes before
 * everything that takes values, the rest to the end.
 */
export function withOperation(query: BuilderQuery, operation: Operation): BuilderQuery {
  if (!byId.get(operation.id)?.isRange) {
    return { ...query, operations: [...query.operations, operation] };
  }
  return { ...query, operations: [operation, ...query.operations] };
}
