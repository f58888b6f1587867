import { computed } from '@preact/signals';
import { preference } from '../preference';

export type RecentDashboard = { uid: string; title: string };

const isText = (value: unknown): value is string => typeof value === 'string';
const stored = preference('recentDashboards', '[]', isText);
const maxRecent = 5;

/** The dashboards that were opened last in this browser, the newest first. */
export const recentDashboards = computed<readonly RecentDashboard[]>(() => {
  try {
    const list: unknown = JSON.parse(stored.value);
    if (!Array.isArray(list)) return [];
    return list.filter(
      (one): one is RecentDashboard => isText(one?.uid) && isText(one?.title) && one.uid !== '',
    );
  } catch {
    return [];
  }
});

export function rememberDashboard({ uid, title }: RecentDashboard): void {
  if (uid === '') return;
  const others = recentDashboards.peek().filter((one) => one.uid !== uid);
  stored.value = JSON.stringify([{ uid, title }, ...others].slice(0, maxRecent));
}

export function forgetDashboard(uid: string): void {
  stored.value = JSON.stringify(recentDashboards.peek().filter((one) => one.uid !== uid));
}
