import type { DataSourceRef, Panel, Target } from '../../../../dashboard/model';

/** Queries of a panel. Letters go from A to Z, then AA. */
export function nextRefId(targets: readonly Target[]): string {
  const used = new Set(targets.map(({ refId }) => refId));
  for (let at = 0; ; at++) {
    const letter = refIdAt(at);
    if (!used.has(letter)) return letter;
  }
}

function refIdAt(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : refIdAt(Math.floor(at / 26) - 1) + last;
}

export const mixedUid = '-- Mixed --';
export const dashboardUid = '-- Dashboard --';
export const grafanaUid = '-- Grafana --';
export const expressionRef: DataSourceRef = { type: '__expr__', uid: '__expr__' };

export function isExpression(target: Target): boolean {
  return target.datasource?.uid === '__expr__' || target.datasource?.type === '__expr__';
}

export function isMixed(panel: Panel): boolean {
  return panel.datasource?.uid === mixedUid;
}

/** A query that asks nothing yet, in the form of its data source. */
export function newTarget(refId: string, datasource: DataSourceRef | undefined): Target {
  switch (datasource?.type) {
    case '__expr__':
      return { refId, datasource: expressionRef, type: 'math', expression: '' };
    case 'postgres':
    case 'grafana-postgresql-datasource':
    case 'mysql':
    case 'mssql':
      return { refId, datasource, format: 'time_series', rawQuery: true, editorMode: 'code', rawSql: '' };
    case 'elasticsearch':
    case 'grafana-opensearch-datasource':
      return {
        refId,
        datasource,
        query: '',
        alias: '',
        timeField: '@timestamp',
        metrics: [{ id: '1', type: 'count' }],
        bucketAggs: [
          { id: '2', type: 'date_histogram', field: '@timestamp', settings: { interval: 'auto' } },
        ],
      };
    case 'loki':
      return { refId, datasource, expr: '', queryType: 'range' };
    default:
      return {
        refId,
        ...(datasource && { datasource }),
        expr: '',
        legendFormat: '__auto',
        range: true,
        editorMode: 'code',
      };
  }
}

export function addTarget(panel: Panel, datasource: DataSourceRef | undefined): Panel {
  const targets = panel.targets ?? [];
  return { ...panel, targets: [...targets, newTarget(nextRefId(targets), datasource)] };
}

export function duplicateTarget(panel: Panel, at: number): Panel {
  const targets = panel.targets ?? [];
  const original = targets[at];
  if (!original) return panel;
  const copy = { ...structuredClone(original), refId: nextRefId(targets) };
  return { ...panel, targets: targets.toSpliced(at + 1, 0, copy) };
}

export function removeTarget(panel: Panel, at: number): Panel {
  return { ...panel, targets: (panel.targets ?? []).toSpliced(at, 1) };
}

export function setTarget(panel: Panel, at: number, target: Target): Panel {
  return { ...panel, targets: (panel.targets ?? []).with(at, target) };
}

/** Another letter; expressions that name the query follow. Refused where it is taken. */
export function renameTarget(panel: Panel, at: number, refId: string): Panel {
  const targets = panel.targets ?? [];
  const old = targets[at]?.refId;
  const name = refId.trim();
  if (!old || name === '' || name === old || targets.some((target) => target.refId === name)) return panel;
  return {
    ...panel,
    targets: targets.map((target, place) => {
      if (place === at) return { ...target, refId: name };
      if (!isExpression(target) || typeof target.expression !== 'string') return target;
      return { ...target, expression: renamedIn(target.expression, old, name) };
    }),
  };
}

function renamedIn(expression: string, old: string, name: string): string {
  if (expression.trim() === old) return name;
  return expression.replace(/\$\{([^}]+)\}|\$(\w+)/g, (whole, braced?: string, bare?: string) => {
    if ((braced ?? bare) !== old) return whole;
    return braced || /\W/.test(name) ? `\${${name}}` : `$${name}`;
  });
}

/**
 * Another data source for the whole panel. Queries of the same kind of source
 * keep what they ask; others begin anew. Expressions stay.
 */
export function withDataSource(panel: Panel, datasource: DataSourceRef): Panel {
  const targets = (panel.targets ?? []).map((target): Target => {
    if (isExpression(target) || datasource.uid === mixedUid) {
      return isExpression(target) || target.datasource ? target : { ...target, datasource: panel.datasource };
    }
    const before = target.datasource?.type ?? panel.datasource?.type;
    if (before === undefined || before === datasource.type || areAlike(before, datasource.type)) {
      return { ...target, datasource };
    }
    return { ...newTarget(target.refId, datasource), ...(target.hide && { hide: true }) };
  });
  return { ...panel, datasource, targets };
}

/** Both speak the language in `expr`, or both that in `rawSql`. */
function areAlike(a: string | undefined, b: string | undefined): boolean {
  const families = [
    ['postgres', 'grafana-postgresql-datasource', 'mysql', 'mssql'],
    ['elasticsearch', 'grafana-opensearch-datasource'],
    ['prometheus', 'grafana-amazonprometheus-datasource', 'monopod'],
  ];
  return families.some((family) => family.includes(a ?? '') && family.includes(b ?? ''));
}
