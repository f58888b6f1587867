import type { Result } from './errors';
import { requestJson } from './json';
import type { RequestOptions } from './request';

/** A data source as who keeps it sees it, in Grafana's shape. Secrets are never told: only which are set. */
export type DataSourceSettings = {
  uid: string;
  name: string;
  type: string;
  access: string;
  url: string;
  user: string;
  database: string;
  basicAuth: boolean;
  basicAuthUser: string;
  isDefault: boolean;
  jsonData: Record<string, unknown>;
  secureJsonFields: Record<string, boolean>;
  version: number;
  readOnly: boolean;
};

/** With the secrets that were typed. */
export type DataSourceChange = Omit<DataSourceSettings, 'secureJsonFields'> & {
  secureJsonData: Record<string, string>;
};

export function listDataSources(options: RequestOptions = {}): Promise<Result<DataSourceSettings[]>> {
  return requestJson('GET', '/api/datasources', options);
}

export function dataSourceSettings(
  uid: string,
  options: RequestOptions = {},
): Promise<Result<DataSourceSettings>> {
  return requestJson('GET', pathOf(uid), options);
}

type Changed = { message: string; datasource: DataSourceSettings };

export function addDataSource(body: DataSourceChange): Promise<Result<Changed>> {
  return requestJson('POST', '/api/datasources', { body });
}

export function updateDataSource(uid: string, body: DataSourceChange): Promise<Result<Changed>> {
  return requestJson('PUT', pathOf(uid), { body });
}

export function deleteDataSource(uid: string): Promise<Result<unknown>> {
  return requestJson('DELETE', pathOf(uid));
}

/** Asks the source as it stands in the form, stored or not. */
export function testDataSource(body: DataSourceChange): Promise<Result<{ message: string }>> {
  return requestJson('POST', '/api/monopod/v1/datasources/test', { body });
}

function pathOf(uid: string): string {
  return `/api/datasources/uid/${encodeURIComponent(uid)}`;
}
