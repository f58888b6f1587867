import { batch, signal } from '@preact/signals';
import { setLoginAsker } from '../api/fetch';
import { loadMe, type Me, type Preferences, type Role, roles } from '../api/people';
import { type Language, languagePreference } from '../i18n/language';
import { navigate, path } from '../router/location';
import { zone } from '../time/zone';
import { themePreference } from './theme';

export type Person = Me['user'] & { preferences: Preferences; settings: Me['settings'] };

const nobody: Person = {
  id: 0,
  login: '',
  name: '',
  email: '',
  role: 'None',
  anonymous: true,
  preferences: { theme: '', timezone: '', weekStart: '', language: '', homeDashboardUID: '' },
  settings: { anonymous: true },
};

/** Who uses the page; nobody with the role None until the server has told. */
export const me = signal<Person>(nobody);

/** Whether the server has told who it is, or could not. */
export const isMeKnown = signal(false);

/** Whether the person may do what the role may. Controls that may not be used are not shown. */
export function can(role: Role): boolean {
  return includesRole(me.value.role, role);
}

export function includesRole(own: Role, wanted: Role): boolean {
  return roles.indexOf(own) >= roles.indexOf(wanted);
}

let loading: Promise<void> | undefined;

/** Asks the server again who it is: after a login, a logout, a change of the profile. */
export function reloadMe(): Promise<void> {
  loading = loadMe().then((result) => {
    batch(() => {
      isMeKnown.value = true;
      if (!result.ok) return;
      const { user, preferences, settings } = result.data;
      me.value = { ...user, preferences, settings };
      applyPreferences(preferences, !user.anonymous);
    });
  });
  return loading;
}

/** A person's choice goes before what this browser remembers; that of everybody does not. */
function applyPreferences({ theme, timezone, language }: Preferences, isOwn: boolean): void {
  const wanted = (name: string) => isOwn || !isRemembered(name);
  if ((theme === 'light' || theme === 'dark' || theme === 'system') && wanted('theme')) {
    themePreference.value = theme;
  }
  if (timezone !== '' && wanted('zone')) zone.value = timezone === 'browser' ? 'local' : timezone;
  const known = languageOf(language);
  if (known && wanted('language')) languagePreference.value = known;
}

function isRemembered(name: string): boolean {
  try {
    return localStorage.getItem(`monopod.${name}`) !== null;
  } catch {
    return false;
  }
}

/** Grafana names languages as `ko-KR`; one that there is no dictionary for is none. */
export function languageOf(name: string): Language | undefined {
  const short = name.slice(0, 2).toLowerCase();
  return short === 'en' || short === 'ko' ? short : undefined;
}

export const loginPath = '/login';

/** The path of the login page that leads back to `target` afterwards. */
export function loginHref(target: string): string {
  return target === '/' ? loginPath : `${loginPath}?${new URLSearchParams({ to: target })}`;
}

/** Where a login leads: a path of this UI, never another site. */
export function afterLogin(to: string | null): string {
  return to && /^\/(?![/\\])/.test(to) && !to.startsWith(loginPath) ? to : '/';
}

type Waiting = { promise: Promise<boolean>; finish(isLoggedIn: boolean): void };

/** The request that waits for a login in the dialog, which the shell shows. */
export const loginDialog = signal<Waiting | null>(null);

let wasDismissed = false;

async function askLogin(isChange: boolean): Promise<boolean> {
  await (loading ?? reloadMe());
  if (path.peek() === loginPath) return false;
  const { role } = me.peek();
  if (role === 'None') {
    navigate(loginHref(path.peek() + window.location.search), 'replace');
    return false;
  }
  // Who closed the dialog is asked again for a change only, not for each refresh.
  if (wasDismissed && !isChange) return false;
  const running = loginDialog.peek();
  if (running) return running.promise;
  let finish: Waiting['finish'] = () => {};
  const promise = new Promise<boolean>((resolve) => {
    finish = (isLoggedIn) => {
      loginDialog.value = null;
      wasDismissed = !isLoggedIn;
      resolve(isLoggedIn);
    };
  });
  loginDialog.value = { promise, finish };
  return promise;
}

/** Finds out who uses the page, and sends those to the login page who may not see anything. */
export function startMe(): void {
  setLoginAsker(askLogin);
  void reloadMe().then(() => {
    if (isMeKnown.peek() && me.peek().role === 'None' && me.peek() !== nobody && path.peek() !== loginPath) {
      navigate(loginHref(path.peek() + window.location.search), 'replace');
    }
  });
}
