import type { Result } from '../api/errors';
import type { DataSource } from '../dashboard/datasources';
import type { DataSourceRef, Variable } from '../dashboard/model';
import type { PanelWindow } from '../panels/plugin';
import { type DefaultFormat, interpolateDeep, promqlFormat } from './interpolate';
import { type Option, parseCustom, parseIntervals, readRegex, refine } from './options';

export type VariableRequest = {
  datasource: DataSourceRef;
  query: string | Record<string, unknown>;
  from: number;
  to: number;
};

/** Where choices come from. */
export type LoadOptions = {
  ask(request: VariableRequest, signal: AbortSignal): Promise<Result<{ values: Option[] }>>;
  dataSources(): Promise<readonly DataSource[]>;
};

export type LoadContext = {
  interpolate(text: string, format?: DefaultFormat): string;
  window: PanelWindow;
  signal: AbortSignal;
};

const answer = (data: Option[]): Result<Option[]> => ({ ok: true, data, warnings: [], infos: [] });
const plain = (value: string): Option => ({ text: value, value });

/** The choices of a variable, All left out. */
export async function loadOptions(
  variable: Variable,
  sources: LoadOptions,
  context: LoadContext,
): Promise<Result<Option[]>> {
  try {
    switch (variable.type) {
      case 'custom':
        return answer(parseCustom(context.interpolate(textOf(variable.query), 'raw')));
      case 'interval': {
        const intervals = parseIntervals(textOf(variable.query)).map(plain);
        return answer(
          variable.auto
            ? [{ text: 'auto', value: `$__auto_interval_${variable.name}` }, ...intervals]
            : intervals,
        );
      }
      case 'datasource': {
        const type = textOf(variable.query);
        const regex = readRegex(context.interpolate(variable.regex ?? '', 'regex'));
        const list = await sources.dataSources();
        return answer(
          list
            .filter((source) => source.type === type && (!regex || regex.test(source.name)))
            .map(({ name, uid }) => ({ text: name, value: uid })),
        );
      }
      default:
        return await loadQuery(variable, sources, context);
    }
  } catch (cause) {
    return {
      ok: false,
      error: { kind: 'bad_data', message: cause instanceof Error ? cause.message : String(cause) },
    };
  }
}

async function loadQuery(
  variable: Variable,
  sources: LoadOptions,
  { interpolate, window, signal }: LoadContext,
): Promise<Result<Option[]>> {
  const stored = (variable.options ?? []).filter(({ value }) => value !== '$__all');
  if (variable.refresh === 0 && stored.length > 0) {
    return answer(stored.map(({ text, value }) => ({ text: String(text), value: String(value) })));
  }
  const { query = '' } = variable;
  const result = await sources.ask(
    {
      datasource: interpolateDeep(variable.datasource ?? {}, (text) => interpolate(text, 'raw')),
      query: interpolateDeep(query, (text) => interpolate(text, promqlFormat)),
      from: window.from,
      to: window.to,
    },
    signal,
  );
  if (!result.ok) return result;
  return answer(refine(result.data.values ?? [], variable, interpolate(variable.regex ?? '', 'regex')));
}

function textOf(query: Variable['query']): string {
  if (typeof query === 'string') return query;
  return typeof query?.query === 'string' ? query.query : '';
}
