import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { DashboardSession } from '../../dashboard/session';

type Dialogs = ComponentType<{ session: DashboardSession }>;

const loaded = signal<{ component: Dialogs } | null>(null);

/** The dialogs over a dashboard: a chunk that comes with the first. */
export function LazyDialogs({ session }: { session: DashboardSession }) {
  const isWanted = session.dialog.current.value !== null || session.annotations.draft.value !== null;
  useEffect(() => {
    if (!isWanted || loaded.peek()) return;
    void import('./dialogs').then((module) => {
      loaded.value = { component: module.Dialogs };
    });
  }, [isWanted]);
  if (!isWanted || !loaded.value) return null;
  const { component: Shown } = loaded.value;
  return <Shown session={session} />;
}
