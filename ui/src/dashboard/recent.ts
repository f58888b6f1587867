import { preference } from '../preference';

/** The dashboards that were opened last in this browser, the newest first, as a list of uids with spaces between. */
const list = preference('recentDashboards', '', (value): value is string => typeof value === 'string');

const kept = 30;

export function recentDashboards(): string[] {
  return list.value.split(' ').filter(Boolean);
}

export function rememberDashboard(uid: string): void {
  if (uid === '' || uid.includes(' ')) return;
  const others = list
    .peek()
    .split(' ')
    .filter((other) => other !== '' && other !== uid);
  list.value = [uid, ...others].slice(0, kept).join(' ');
}
