import type { ApiError, Result } from '../../../../api/errors';
import { errorBody, requestJson } from '../../../../api/json';
import type { Dashboard, Verdict } from '../../../../dashboard/model';
import { sendText } from '../save/save-api';
import { withTopLevel } from '../settings/json-keys';

export type ImportInput = {
  name: string;
  label: string;
  description: string;
  type: 'datasource' | 'constant' | (string & Record<never, never>);
  pluginId?: string;
  pluginName?: string;
  value?: string;
};

export type ImportPreview = {
  dashboard: Dashboard;
  verdicts: Verdict[];
  inputs: ImportInput[];
  summary: { uid: string; title: string; tags: string[]; schemaVersion: number; panels: number };
};

/** As the server takes it. */
export const mostBytes = 20 << 20;

/** What a dashboard would be here; stores nothing. */
export function preview(source: string): Promise<Result<ImportPreview>> {
  return sendText('/api/monopod/v1/dashboards/migrate', { method: 'POST', body: source }, (answer) =>
    JSON.parse(answer),
  );
}

export type ImportRequest = {
  source: string;
  title: string;
  uid: string;
  folderUid: string;
  inputs: { name: string; type: string; pluginId?: string; value: string }[];
  overwrite: boolean;
};

export function importDashboard(
  request: ImportRequest,
): Promise<Result<{ uid: string; importedUrl: string }>> {
  const source = withTopLevel(request.source, { title: request.title, uid: request.uid });
  const rest = JSON.stringify({
    inputs: request.inputs,
    folderUid: request.folderUid,
    overwrite: request.overwrite,
  });
  const body = `{"dashboard":${source},${rest.slice(1)}`;
  return sendText('/api/dashboards/import', { method: 'POST', body }, (answer) => JSON.parse(answer));
}

export type Existing = { uid: string; title: string; folderTitle?: string };

/** The dashboard that has a uid already. */
export async function dashboardWithUid(uid: string): Promise<Existing | null> {
  if (uid === '') return null;
  const result = await requestJson<Existing[]>('GET', '/api/search', {
    params: { dashboardUIDs: uid, type: 'dash-db' },
  });
  return (result.ok && result.data.find((hit) => hit.uid === uid)) || null;
}

/** A uid or a title that is taken: what overwriting would solve. */
export function isTaken(error: ApiError): boolean {
  if (error.kind !== 'http' || error.status !== 412) return false;
  const status = errorBody(error)?.status;
  return status === 'name-exists' || status === 'version-mismatch';
}

/** A dashboard of grafana.com, through the server. */
export function fromGrafanaCom(id: string): Promise<Result<string>> {
  return sendText(`/api/gnet/dashboards/${encodeURIComponent(id)}`, {}, (answer) => {
    const parsed = JSON.parse(answer) as { json?: unknown };
    return JSON.stringify(parsed.json ?? parsed, null, 2);
  });
}

/** The number in an id or in the address of a dashboard of grafana.com. */
export function grafanaComId(written: string): string | null {
  const trimmed = written.trim();
  if (/^\d+$/.test(trimmed)) return trimmed;
  return /^https?:\/\/(?:www\.)?grafana\.com\/.*dashboards\/(\d+)/.exec(trimmed)?.[1] ?? null;
}
