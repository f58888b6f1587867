import { formatDuration, parseDuration } from '../../time/duration';

/** What of a query is shown. */
export const tabs = ['graph', 'table', 'both'] as const;
export type Tab = (typeof tabs)[number];

/** How its graph is drawn. Heatmap and quantiles are for native histograms alone. */
export const drawings = ['lines', 'area', 'stacked', 'heatmap', 'quantiles'] as const;
export type Drawing = (typeof drawings)[number];

export type QuerySpec = {
  expr: string;
  enabled: boolean;
  tab: Tab;
  drawing: Drawing;
  /** A unit's id; empty to infer it from the expression. */
  unit: string;
  /** `{{label}}` template; empty for the labels that tell the series apart. */
  legend: string;
};

/** All of Explore that the URL holds beside the time range. */
export type ExploreState = {
  queries: QuerySpec[];
  /** Seconds between points; `null` follows range and width. */
  stepSeconds: number | null;
  /** When tables are evaluated; `null` is the end of the range. */
  tableTimeSeconds: number | null;
  /** One graph for all queries. */
  combined: boolean;
};

export const newQuery: QuerySpec = {
  expr: '',
  enabled: true,
  tab: 'graph',
  drawing: 'lines',
  unit: '',
  legend: '',
};

export const emptyState: ExploreState = {
  queries: [newQuery],
  stepSeconds: null,
  tableTimeSeconds: null,
  combined: false,
};

/** As many as there are letters to name them. */
const maxQueries = 26;

export const queryLetter = (index: number) => String.fromCharCode(65 + index);

/** The first query's parameters have bare names, the next ones a number: `expr`, `expr.1`. */
const key = (name: string, index: number) => (index === 0 ? name : `${name}.${index}`);

const queryParamNames = ['expr', 'tab', 'draw', 'unit', 'legend', 'off'] as const;
const ownParam = new RegExp(`^(?:(?:${queryParamNames.join('|')})(?:\\.\\d+)?|step|time|combined)$`);

function choice<T extends string>(choices: readonly T[], text: string | null, fallback: T): T {
  return choices.find((known) => known === text) ?? fallback;
}

export function readState(params: URLSearchParams): ExploreState {
  const queries: QuerySpec[] = [];
  for (let i = 0; i < maxQueries && params.has(key('expr', i)); i++) {
    queries.push({
      expr: params.get(key('expr', i)) ?? '',
      enabled: params.get(key('off', i)) !== '1',
      tab: choice(tabs, params.get(key('tab', i)), newQuery.tab),
      drawing: choice(drawings, params.get(key('draw', i)), newQuery.drawing),
      unit: params.get(key('unit', i)) ?? '',
      legend: params.get(key('legend', i)) ?? '',
    });
  }
  if (queries.length === 0) {
    queries.push({ ...newQuery, tab: choice(tabs, params.get('tab'), newQuery.tab) });
  }
  const time = Number(params.get('time') ?? Number.NaN);
  return {
    queries,
    stepSeconds: parseDuration(params.get('step') ?? '') || null,
    tableTimeSeconds: Number.isFinite(time) && time > 0 ? time : null,
    combined: params.get('combined') === '1',
  };
}

/** The changes that turn `current` into the query string of `state`; what is the default stays out. */
export function writeState(state: ExploreState, current: URLSearchParams): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const name of current.keys()) if (ownParam.test(name)) changes[name] = null;
  const onlyEmpty = state.queries.length === 1 && state.queries[0]!.expr === '';
  state.queries.forEach((query, i) => {
    // An empty expression is written among others, so that the count survives.
    if (!onlyEmpty) changes[key('expr', i)] = query.expr;
    if (!query.enabled) changes[key('off', i)] = '1';
    if (query.tab !== newQuery.tab) changes[key('tab', i)] = query.tab;
    if (query.drawing !== newQuery.drawing) changes[key('draw', i)] = query.drawing;
    if (query.unit) changes[key('unit', i)] = query.unit;
    if (query.legend) changes[key('legend', i)] = query.legend;
  });
  if (state.stepSeconds) changes.step = formatDuration(state.stepSeconds);
  if (state.tableTimeSeconds !== null) changes.time = String(state.tableTimeSeconds);
  if (state.combined) changes.combined = '1';
  return changes;
}
