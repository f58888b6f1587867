import type { ApiError, Result } from '../../../../api/errors';
import { fetchPath } from '../../../../api/fetch';
import { decodeJson, errorBody, requestJson } from '../../../../api/json';
import type { Dashboard } from '../../../../dashboard/model';

export type Saved = {
  uid: string;
  version: number;
  url: string;
  /** `patch`: nothing was stored, the change is handed out. */
  outcome: 'stored' | 'file' | 'configmap' | 'patch';
  file?: string;
  patch?: string;
};

export type SaveRequest = {
  dashboard: Dashboard;
  baseVersion: number;
  folderUid: string;
  message: string;
  overwrite?: boolean;
};

export function save(request: SaveRequest): Promise<Result<Saved>> {
  return requestJson('POST', '/api/monopod/v1/dashboards', { body: request });
}

/** Somebody else saved meanwhile: what they saved. */
export type Conflict = { version: number; updated: string; updatedBy: string };

export function conflictOf(error: ApiError): Conflict | null {
  if (error.kind !== 'http' || error.status !== 412) return null;
  const body = errorBody(error);
  const current = body?.current as Partial<Conflict> | undefined;
  if (body?.status !== 'version-mismatch') return null;
  return {
    version: current?.version ?? 0,
    updated: current?.updated ?? '',
    updatedBy: current?.updatedBy ?? '',
  };
}

/** A title or uid that another dashboard has. */
export function isNameTaken(error: ApiError): boolean {
  return error.kind === 'http' && error.status === 412 && errorBody(error)?.status === 'name-exists';
}

export function isSessionOver(error: ApiError): boolean {
  return error.kind === 'http' && error.status === 401;
}

/** One difference, as the server names it. */
export type Change = {
  kind: 'added' | 'removed' | 'changed' | 'moved';
  where: 'dashboard' | 'panel' | 'variable' | 'annotation';
  name?: string;
  path?: string;
  before?: unknown;
  after?: unknown;
};
export type VersionDiff = { changes: Change[]; unified: string };

export function diffVersions(uid: string, from: number, to: number): Promise<Result<VersionDiff>> {
  return requestJson('GET', `/api/monopod/v1/dashboards/${encodeURIComponent(uid)}/diff`, {
    params: { from, to },
  });
}

/** The stored JSON, sign for sign. */
export async function loadSource(uid: string): Promise<Result<string>> {
  return sendText<string>(`/api/monopod/v1/dashboards/${encodeURIComponent(uid)}/source`, {}, (body) => body);
}

/** Saves JSON sign for sign, as Grafana's API takes it. */
export function saveSource(
  source: string,
  folderUid: string,
  message: string,
): Promise<Result<{ uid: string; version: number }>> {
  const body = `{"dashboard":${source},"folderUid":${JSON.stringify(folderUid)},"message":${JSON.stringify(message)},"overwrite":false}`;
  return sendText('/api/dashboards/db', { method: 'POST', body }, (answer) => JSON.parse(answer));
}

/** Sends a JSON text as it is, where taking it apart and putting it together would change it. */
export async function sendText<T>(
  path: string,
  init: { method?: string; body?: string },
  read: (answer: string) => T,
): Promise<Result<T>> {
  try {
    const response = await fetchPath(path, {
      ...init,
      headers: {
        Accept: 'application/json',
        ...(init.body !== undefined && { 'Content-Type': 'application/json' }),
      },
    });
    const answer = await response.text();
    if (!response.ok) return decodeJson<T>(response.status, answer);
    return { ok: true, data: read(answer), warnings: [], infos: [] };
  } catch (cause) {
    return {
      ok: false,
      error: { kind: 'network', message: cause instanceof Error ? cause.message : String(cause) },
    };
  }
}
