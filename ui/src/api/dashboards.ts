import type { Dashboard, Verdict } from '../dashboard/model';
import type { Result } from './errors';
import { requestJson } from './json';
import type { RequestOptions } from './request';

/** Where a provisioned dashboard's changes go. */
export type SaveBack = 'file' | 'configmap' | 'store' | 'patch';

export type DashboardMeta = {
  uid: string;
  slug: string;
  url: string;
  title: string;
  folderUid: string;
  folderTitle: string;
  version: number;
  /** RFC 3339. */
  created: string;
  createdBy: string;
  updated: string;
  updatedBy: string;
  canSave: boolean;
  canEdit: boolean;
  canDelete: boolean;
  isStarred: boolean;
  provisioned: null | { file: string; provider: string; saveBack: SaveBack };
};

export type LoadedDashboard = {
  /** In the form of schema 42, whatever the source's. */
  dashboard: Dashboard;
  meta: DashboardMeta;
  verdicts: Verdict[];
};

export function loadDashboard(uid: string, options: RequestOptions = {}): Promise<Result<LoadedDashboard>> {
  return requestJson('GET', `/api/monopod/v1/dashboards/${encodeURIComponent(uid)}`, options);
}

/** The dashboard that `/` shows. */
export function homeDashboard(
  options: RequestOptions = {},
): Promise<Result<{ uid?: string; redirectUri?: string }>> {
  return requestJson('GET', '/api/dashboards/home', options);
}

/** One hit of a search: a dashboard or a folder. */
export type SearchHit = {
  id: number;
  uid: string;
  title: string;
  url: string;
  type: 'dash-db' | 'dash-folder';
  tags: string[];
  isStarred: boolean;
  folderUid?: string;
  folderTitle?: string;
};

export type SearchParams = {
  query?: string;
  tag?: string[];
  type?: 'dash-db' | 'dash-folder';
  starred?: boolean;
  folderUIDs?: string[];
  dashboardUIDs?: string[];
  limit?: number;
  page?: number;
};

export function searchDashboards(
  params: SearchParams,
  options: RequestOptions = {},
): Promise<Result<SearchHit[]>> {
  return requestJson('GET', '/api/search', { ...options, params });
}

export type Folder = { uid: string; title: string; url?: string; parentUid?: string };

export function createFolder(title: string, parentUid?: string): Promise<Result<Folder>> {
  return requestJson('POST', '/api/folders', { body: { title, parentUid } });
}

export function renameFolder(uid: string, title: string): Promise<Result<Folder>> {
  return requestJson('PUT', `/api/folders/${encodeURIComponent(uid)}`, { body: { title, overwrite: true } });
}

export function deleteFolder(uid: string): Promise<Result<unknown>> {
  return requestJson('DELETE', `/api/folders/${encodeURIComponent(uid)}`);
}

export function deleteDashboard(uid: string): Promise<Result<unknown>> {
  return requestJson('DELETE', `/api/dashboards/uid/${encodeURIComponent(uid)}`);
}

export function setStar(uid: string, isStarred: boolean): Promise<Result<unknown>> {
  return requestJson(
    isStarred ? 'POST' : 'DELETE',
    `/api/user/stars/dashboard/uid/${encodeURIComponent(uid)}`,
  );
}

/** The stored JSON, byte for byte as it came, parsed. */
export function dashboardSource(
  uid: string,
  options: RequestOptions = {},
): Promise<Result<Record<string, unknown>>> {
  return requestJson('GET', `/api/monopod/v1/dashboards/${encodeURIComponent(uid)}/source`, options);
}

/** Saves JSON as Grafana does; also what moves a dashboard to another folder. */
export function saveSource(body: {
  dashboard: Record<string, unknown>;
  folderUid: string;
  message?: string;
  overwrite?: boolean;
}): Promise<Result<{ uid: string; url: string; version: number }>> {
  return requestJson('POST', '/api/dashboards/db', { body });
}
