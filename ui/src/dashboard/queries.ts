import type { ViewQuery } from '../api/view';
import type { PanelWindow } from '../panels/plugin';
import type { VariableEntry } from '../variables/formats';
import { type DefaultFormat, interpolateDeep, promqlFormat } from '../variables/interpolate';
import { type DataSource, findDataSource } from './datasources';
import { formatInterval, intervalFor, parseInterval, promqlStep, rateInterval } from './interval';
import type { DataSourceRef, Panel, Target } from './model';

/** Names that stand for something else than a data source. */
export const mixedUid = '-- Mixed --';
export const dashboardUid = '-- Dashboard --';
export const expressionUid = '__expr__';

export type QueryContext = {
  /** Unique among the panels that are asked together. */
  key: string;
  number: number;
  window: PanelWindow;
  width: number;
  dataSources: readonly DataSource[];
  /** Puts ad hoc filters into an expression of the source. */
  filter?(expr: string, source: DataSourceRef): string;
  interpolate(text: string, scoped: Readonly<Record<string, VariableEntry>>, format?: DefaultFormat): string;
};

const assumedScrapeMs = 15_000;

/** Widths that differ by little ask for the same points. */
const widthStep = 100;

/** The data source of a target: its own within a mixed panel, otherwise the panel's. */
export function dataSourceOf(panel: Panel, target: Target): DataSourceRef | null {
  const own = target.datasource;
  if (own?.uid === expressionUid || own?.type === expressionUid)
    return { type: expressionUid, uid: expressionUid };
  if (panel.datasource?.uid === mixedUid) return own ?? null;
  return own?.uid && own.uid !== mixedUid ? own : (panel.datasource ?? own ?? null);
}

/** Whether the panel shows what another one asked for. */
export function sharesAnswers(panel: Panel): boolean {
  return panel.datasource?.uid === dashboardUid;
}

/** What a panel asks, with variables, steps and its own time put in. */
export function buildQueries(panel: Panel, context: QueryContext): ViewQuery[] {
  const targets = panel.targets ?? [];
  const hasExpressions = targets.some(
    (target) => target.datasource?.uid === expressionUid || target.datasource?.type === expressionUid,
  );
  const asked = targets.filter((target) => !target.hide || hasExpressions);
  const rangeMs = context.window.to - context.window.from;
  const maxDataPoints =
    panel.maxDataPoints && panel.maxDataPoints > 0
      ? panel.maxDataPoints
      : Math.max(widthStep, Math.ceil(context.width / widthStep) * widthStep);
  return asked.flatMap((target) => {
    const plain = (text: string) => context.interpolate(text, {}, 'raw');
    const ref = interpolateDeep(dataSourceOf(panel, target) ?? {}, plain);
    const source = ref.uid === expressionUid ? undefined : findDataSource(context.dataSources, ref);
    const sourceMs = parseInterval(source?.timeInterval);
    const scrapeMs = sourceMs ?? assumedScrapeMs;
    const panelMs = parseInterval(plain(panel.interval ?? ''));
    const type = ref.type || source?.type || '';
    const isPromql =
      type === 'prometheus' || type === 'loki' || (type === '' && typeof target.expr === 'string');
    const leastMs = panelMs ?? sourceMs ?? (isPromql ? scrapeMs : 1);
    const intervalMs = intervalFor(rangeMs, maxDataPoints, leastMs);
    let stepMs = intervalMs;
    let rateMs = scrapeMs;
    if (isPromql) {
      const ownText = context.interpolate(
        target.interval ?? '',
        intervalEntries(intervalMs, scrapeMs, rangeMs),
        'raw',
      );
      const own = parseInterval(ownText);
      stepMs = promqlStep({
        rangeMs,
        intervalMs: intervalFor(rangeMs, maxDataPoints, 1),
        minMs: own ?? leastMs,
        factor: Number(target.intervalFactor) || 1,
      });
      rateMs = own ?? scrapeMs;
    }
    const scoped = intervalEntries(stepMs, rateMs, rangeMs);
    const format: DefaultFormat = isPromql
      ? promqlFormat
      : type === 'elasticsearch'
        ? 'lucene'
        : sqlTypes.has(type)
          ? sqlFormat
          : 'glob';
    const put = (text: string) => context.interpolate(text, scoped, format);
    const { datasource: _, hide: __, legendFormat, ...rest } = target;
    const interpolated = interpolateDeep(rest, put) as Target;
    if (typeof legendFormat === 'string')
      interpolated.legendFormat = context.interpolate(legendFormat, scoped, 'raw');
    if (isPromql && interpolated.expr !== undefined && interpolated.expr.trim() === '') return [];
    if (type === 'prometheus' && interpolated.expr && context.filter) {
      interpolated.expr = context.filter(interpolated.expr, { type, uid: source?.uid ?? ref.uid });
    }
    return {
      key: `${context.key}/${target.refId}`,
      datasource: { type: ref.type || source?.type, uid: ref.uid || source?.uid },
      target: interpolated,
      intervalMs,
      maxDataPoints,
      panel: context.number,
    };
  });
}

const sqlTypes = new Set(['postgres', 'grafana-postgresql-datasource', 'mysql', 'mssql']);

/** Several values become a list of quoted ones, a single one stays as it is, as in Grafana. */
function sqlFormat({ value, isList }: VariableEntry): string {
  const quote = (one: string) => `'${one.replaceAll("'", "''")}'`;
  if (Array.isArray(value)) return value.map(quote).join(',');
  return isList ? quote(value) : value;
}

function intervalEntries(
  stepMs: number,
  scrapeMs: number,
  rangeMs: number,
): Readonly<Record<string, VariableEntry>> {
  const rateMs = rateInterval(stepMs, scrapeMs);
  const values: Record<string, string> = {
    __interval: formatInterval(stepMs),
    __interval_ms: String(Math.round(stepMs)),
    __rate_interval: formatInterval(rateMs),
    __rate_interval_ms: String(Math.round(rateMs)),
    __range: `${Math.round(rangeMs / 1000)}s`,
    __range_s: String(Math.round(rangeMs / 1000)),
    __range_ms: String(Math.round(rangeMs)),
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { name, value }]));
}
