import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type LoadedDashboard, loadDashboard } from '../../api/dashboards';
import { type DashboardChange, useDashboardChanged } from '../../api/server-events';
import { Button } from '../../components/button';
import { Notice } from '../../components/notice';
import type { DashboardSession } from '../../dashboard/session';
import { setQuery, withBase } from '../../router/location';
import { href } from '../../routes';
import { toast } from '../../shell/toasts';
import { text } from './text';

/** What others did to the dashboard that is open. */
export type ForeignChange =
  | { kind: 'deleted'; by: string }
  | { kind: 'updated'; by: string; loaded: LoadedDashboard };

/** Time for a save of our own to be answered before its news counts as somebody else's. */
const ownSaveMilliseconds = 500;

/**
 * Follows the dashboard on the server: a change by others is shown at once, or,
 * while there are changes here that are not saved, told with a choice.
 */
export function useForeignChanges(session: DashboardSession): Signal<ForeignChange | null> {
  const foreign = useSignal<ForeignChange | null>(null);
  const running = useRef(0);
  const take = async (by: string) => {
    const turn = ++running.current;
    const result = await loadDashboard(session.uid);
    if (turn !== running.current) return;
    if (!result.ok) {
      if (result.error.kind === 'http' && result.error.status === 404)
        foreign.value = { kind: 'deleted', by };
      return;
    }
    const { meta } = result.data;
    const known = session.meta.peek();
    if (meta.version === known.version && meta.updated === known.updated) return;
    const who = by || meta.updatedBy;
    if (session.isDirty.peek()) {
      foreign.value = { kind: 'updated', by: who, loaded: result.data };
      return;
    }
    session.adopt(result.data);
    foreign.value = null;
    toast({
      level: 'info',
      message: text.peek().changedBy(who),
      link:
        known.version > 0 && session.canChange.peek()
          ? { label: text.peek().showChanges, onClick: () => setQuery({ editview: 'versions' }, 'push') }
          : undefined,
    });
  };
  useDashboardChanged((change: DashboardChange | undefined) => {
    if (session.uid === '' || (change && change.uid !== session.uid)) return;
    if (change?.change === 'deleted') {
      foreign.value = { kind: 'deleted', by: change.by };
      return;
    }
    if (!session.isDirty.peek()) void take(change?.by ?? '');
    else setTimeout(() => void take(change?.by ?? ''), ownSaveMilliseconds);
  });
  return foreign;
}

/** What others did, and what can be done about it. */
export function ChangeNotice({
  session,
  foreign,
}: {
  session: DashboardSession;
  foreign: Signal<ForeignChange | null>;
}) {
  const change = foreign.value;
  if (!change) return null;
  const t = text.value;
  if (change.kind === 'deleted') {
    return (
      <div role="alert" class="dash-change">
        <Notice level="warn" title={t.deletedBy(change.by)}>
          <p>
            {t.deletedHint} <a href={withBase(href('dashboards'))}>{t.allDashboards}</a>
          </p>
        </Notice>
      </div>
    );
  }
  return (
    <div role="alert" class="dash-change">
      <Notice level="warn" title={t.changedBy(change.by)}>
        <p>{t.changedHint}</p>
        <div class="dash-change-choices">
          <Button
            onClick={() => {
              session.adopt(change.loaded);
              foreign.value = null;
            }}
          >
            {t.takeTheirs}
          </Button>
          <Button
            kind="quiet"
            onClick={() => {
              foreign.value = null;
            }}
          >
            {t.keepMine}
          </Button>
        </div>
      </Notice>
    </div>
  );
}
