import { signal } from '@preact/signals';
import type { Result } from '../api/errors';
import { requestJson } from '../api/json';
import type { DataSourceRef } from './model';

/** A data source as everybody may see it. */
export type DataSource = {
  uid: string;
  name: string;
  type: string;
  isDefault?: boolean;
  /** How often it is scraped: the least useful step. */
  timeInterval?: string;
  readOnly?: boolean;
};

/** All data sources, `null` until they are known. */
export const dataSources = signal<readonly DataSource[] | null>(null);

let loading: Promise<Result<DataSource[]>> | undefined;

/** Asks once; `isFresh` asks again. */
export async function loadDataSources(isFresh = false): Promise<void> {
  if (isFresh) loading = undefined;
  loading ??= requestJson<DataSource[]>('GET', '/api/monopod/v1/datasources');
  const result = await loading;
  if (result.ok) {
    dataSources.value = result.data;
    return;
  }
  // Queries go out all the same: the server finds the source that is meant.
  loading = undefined;
  dataSources.value ??= [];
}

/** The data source of a reference whose variables are put in: by uid, by name, the default where none is named. */
export function findDataSource(
  list: readonly DataSource[],
  ref: DataSourceRef | string | null | undefined,
): DataSource | undefined {
  const wanted = typeof ref === 'string' ? ref : ref?.uid;
  if (!wanted || wanted === 'default') {
    const type = typeof ref === 'object' ? ref?.type : undefined;
    const byDefault = list.find(({ isDefault }) => isDefault) ?? list[0];
    if (!type || byDefault?.type === type) return byDefault;
    return list.find((source) => source.type === type) ?? byDefault;
  }
  return list.find(({ uid }) => uid === wanted) ?? list.find(({ name }) => name === wanted);
}
