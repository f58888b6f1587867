import { requestJson } from '../../../../api/json';
import type { DataSourceRef } from '../../../../dashboard/model';
import type { PanelWindow } from '../../../../panels/plugin';
import type { Option } from '../form/combobox';

/**
 * What a data source can be asked for while a query is written: names and values
 * of labels. Answers are kept for half a minute; a failed one offers nothing.
 */
export type Lookup = {
  metrics(): Promise<Option[]>;
  labels(metric: string): Promise<Option[]>;
  values(label: string, selector: string): Promise<Option[]>;
};

const freshForMilliseconds = 30_000;

export function createLookup(
  datasource: DataSourceRef | null | undefined,
  window: () => PanelWindow,
): Lookup {
  const known = new Map<string, { atMilliseconds: number; answer: Promise<Option[]> }>();
  const ask = (query: string): Promise<Option[]> => {
    const remembered = known.get(query);
    if (remembered && performance.now() - remembered.atMilliseconds < freshForMilliseconds) {
      return remembered.answer;
    }
    const answer = requestJson<{ values: { text: string; value: string }[] }>(
      'POST',
      '/api/monopod/v1/variable',
      {
        body: { datasource: datasource ?? {}, query, ...window() },
      },
    ).then((result) => {
      if (result.ok) return result.data.values.map(({ value }) => ({ value }));
      known.delete(query);
      return [];
    });
    known.set(query, { atMilliseconds: performance.now(), answer });
    return answer;
  };
  const isLoki = datasource?.type === 'loki';
  return {
    metrics: () => ask(isLoki ? 'label_names()' : 'label_values(__name__)'),
    labels: (metric) => ask(metric === '' || isLoki ? 'label_names()' : `label_names(${metric})`),
    values: (label, selector) =>
      ask(selector === '' ? `label_values(${label})` : `label_values(${selector}, ${label})`),
  };
}
