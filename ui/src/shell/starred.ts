import { signal } from '@preact/signals';
import { searchDashboards } from '../api/dashboards';

/** The dashboards that have a star of who is here. */
export const starredDashboards = signal<readonly { uid: string; title: string }[]>([]);

export async function loadStarred(): Promise<void> {
  const result = await searchDashboards({ starred: true, type: 'dash-db', limit: 20 });
  if (result.ok) starredDashboards.value = result.data.map(({ uid, title }) => ({ uid, title }));
}
