import type { Result } from './errors';
import { requestJson } from './json';
import type { RequestOptions } from './request';

export const roles = ['None', 'Viewer', 'Editor', 'Admin'] as const;

/** What somebody may do, each including the ones before it. */
export type Role = (typeof roles)[number];

/** How somebody wants to see the UI; empty is not chosen. */
export type Preferences = {
  theme: string;
  timezone: string;
  weekStart: string;
  language: string;
  homeDashboardUID: string;
};

/** Who asks, and what the UI needs to begin. */
export type Me = {
  user: { id: number; login: string; name: string; email: string; role: Role; anonymous: boolean };
  preferences: Preferences;
  settings: { anonymous: boolean; version?: string };
};

export function loadMe(options: RequestOptions = {}): Promise<Result<Me>> {
  return requestJson('GET', '/api/monopod/v1/me', options);
}

export type User = {
  id: number;
  login: string;
  name: string;
  email: string;
  role: Role;
  isDisabled: boolean;
  lastSeenAt: string;
};

export function listUsers(options: RequestOptions = {}): Promise<Result<User[]>> {
  return requestJson('GET', '/api/users', options);
}

export type NewUser = { login: string; name: string; email: string; password: string; role: Role };

export function addUser(body: NewUser): Promise<Result<{ id: number }>> {
  return requestJson('POST', '/api/admin/users', { body });
}

export function setUserRole(id: number, role: Role): Promise<Result<unknown>> {
  return requestJson('PATCH', `/api/org/users/${id}`, { body: { role } });
}

export function setUserPassword(id: number, password: string): Promise<Result<unknown>> {
  return requestJson('PUT', `/api/admin/users/${id}/password`, { body: { password } });
}

export function setUserDisabled(id: number, isDisabled: boolean): Promise<Result<unknown>> {
  return requestJson('POST', `/api/admin/users/${id}/${isDisabled ? 'disable' : 'enable'}`);
}

export function deleteUser(id: number): Promise<Result<unknown>> {
  return requestJson('DELETE', `/api/admin/users/${id}`);
}

export function saveProfile(body: { login: string; name: string; email: string }): Promise<Result<unknown>> {
  return requestJson('PUT', '/api/user', { body });
}

export function changePassword(oldPassword: string, newPassword: string): Promise<Result<unknown>> {
  return requestJson('PUT', '/api/user/password', { body: { oldPassword, newPassword } });
}

/** What the person chose, without what stands in for it. */
export function ownPreferences(options: RequestOptions = {}): Promise<Result<Preferences>> {
  return requestJson('GET', '/api/user/preferences', options);
}

export function changePreferences(body: Partial<Preferences>): Promise<Result<unknown>> {
  return requestJson('PATCH', '/api/user/preferences', { body });
}

export type LoginSession = {
  id: number;
  isActive: boolean;
  clientIp: string;
  browser: string;
  os: string;
  createdAt: string;
  seenAt: string;
};

export function ownSessions(options: RequestOptions = {}): Promise<Result<LoginSession[]>> {
  return requestJson('GET', '/api/user/auth-tokens', options);
}

export function endSession(authTokenId: number): Promise<Result<unknown>> {
  return requestJson('POST', '/api/user/revoke-auth-token', { body: { authTokenId } });
}

export type Account = { id: number; name: string; role: Role; isDisabled: boolean; tokens: number };

export async function listAccounts(options: RequestOptions = {}): Promise<Result<Account[]>> {
  const path = '/api/serviceaccounts/search';
  const result = await requestJson<{ serviceAccounts: Account[] }>('GET', path, options);
  return result.ok ? { ...result, data: result.data.serviceAccounts } : result;
}

export function addAccount(body: { name: string; role: Role }): Promise<Result<Account>> {
  return requestJson('POST', '/api/serviceaccounts', { body });
}

export function changeAccount(
  id: number,
  body: Partial<Pick<Account, 'role' | 'isDisabled'>>,
): Promise<Result<unknown>> {
  return requestJson('PATCH', `/api/serviceaccounts/${id}`, { body });
}

export function deleteAccount(id: number): Promise<Result<unknown>> {
  return requestJson('DELETE', `/api/serviceaccounts/${id}`);
}

export type Token = {
  id: number;
  name: string;
  created: string;
  lastUsedAt: string | null;
  expiration: string | null;
  hasExpired: boolean;
};

export function listTokens(accountId: number, options: RequestOptions = {}): Promise<Result<Token[]>> {
  return requestJson('GET', `/api/serviceaccounts/${accountId}/tokens`, options);
}

/** `key` is the token itself, which the server does not tell again. */
export function addToken(
  accountId: number,
  body: { name: string; secondsToLive: number },
): Promise<Result<{ id: number; key: string }>> {
  return requestJson('POST', `/api/serviceaccounts/${accountId}/tokens`, { body });
}

export function deleteToken(accountId: number, id: number): Promise<Result<unknown>> {
  return requestJson('DELETE', `/api/serviceaccounts/${accountId}/tokens/${id}`);
}

/** The server takes no shorter password, in characters. */
export const leastPassword = 8;
