import type { Dashboard, Variable, VariableType } from '../../../../dashboard/model';

/** The kinds that can be made here, in the order in which they are offered. */
export const variableTypes = [
  'query',
  'custom',
  'textbox',
  'constant',
  'datasource',
  'interval',
  'adhoc',
] as const;

export function variablesOf(dashboard: Dashboard): readonly Variable[] {
  return dashboard.templating?.list ?? [];
}

export function withVariables(dashboard: Dashboard, list: readonly Variable[]): Dashboard {
  return { ...dashboard, templating: { ...dashboard.templating, list: [...list] } };
}

export function newVariable(list: readonly Variable[], type: VariableType = 'query'): Variable {
  const names = new Set(list.map(({ name }) => name));
  let at = 0;
  while (names.has(`${type}${at}`)) at++;
  return ofType({ name: `${type}${at}`, type, hide: 0 }, type);
}

/** The same variable as another kind; what does not belong to that kind goes. */
export function ofType(variable: Variable, type: VariableType): Variable {
  const { name, label, description, hide, skipUrlSync } = variable;
  const common: Variable = {
    name,
    type,
    ...(label && { label }),
    ...(description && { description }),
    ...(skipUrlSync !== undefined && { skipUrlSync }),
    hide: hide ?? 0,
  };
  switch (type) {
    case 'query':
      return {
        ...common,
        query: '',
        definition: '',
        refresh: 1,
        regex: '',
        sort: 0,
        multi: false,
        includeAll: false,
      };
    case 'custom':
      return { ...common, query: '', multi: false, includeAll: false };
    case 'datasource':
      return { ...common, query: 'prometheus', regex: '', refresh: 1, multi: false, includeAll: false };
    case 'interval':
      return {
        ...common,
        query: '1m,10m,30m,1h,6h,12h,1d,7d',
        auto: false,
        auto_count: 30,
        auto_min: '10s',
        refresh: 2,
      };
    case 'textbox':
      return { ...common, query: '' };
    case 'constant':
      return { ...common, query: '', hide: 2, skipUrlSync: true };
    case 'adhoc':
      return { ...common, filters: [] };
    default:
      return common;
  }
}

export type NameProblem = 'empty' | 'letters' | 'reserved' | 'taken';

export function nameProblem(name: string, others: readonly Variable[]): NameProblem | null {
  if (name === '') return 'empty';
  if (name.startsWith('__')) return 'reserved';
  if (!/^\w+$/.test(name)) return 'letters';
  return others.some((other) => other.name === name) ? 'taken' : null;
}

/** A query as text; newer dashboards hold Prometheus queries in an object. */
export function queryText({ query }: Variable): string {
  if (typeof query === 'string') return query;
  return typeof query?.query === 'string' ? query.query : '';
}

export function withQueryText(variable: Variable, text: string): Variable {
  const { query } = variable;
  if (variable.type !== 'query') return { ...variable, query: text };
  // The other keys say the same in parts; only the text counts once it was written.
  const refId = typeof query === 'object' && typeof query.refId === 'string' ? query.refId : undefined;
  return { ...variable, query: refId ? { query: text, refId } : text, definition: text };
}

/** How often a variable stands in the panels and in other variables. */
export function uses(dashboard: Dashboard, name: string): number {
  const others = variablesOf(dashboard).filter((variable) => variable.name !== name);
  const text = JSON.stringify([
    dashboard.panels,
    others,
    dashboard.annotations,
    dashboard.links,
    dashboard.title,
  ]);
  const pattern = new RegExp(
    `\\$${name}(?!\\w)|\\$\\{${name}[:.}]|\\[\\[${name}[:\\]]|"repeat":"${name}"`,
    'g',
  );
  return [...text.matchAll(pattern)].length;
}
