import type { DashboardSession } from '../../dashboard/session';
import { query, setQuery } from '../../router/location';
import { useKeys } from '../../shell/keys';
import { kioskMode, leaveKiosk, nextKioskMode } from './kiosk';

/** Keys of a dashboard; with a panel pointed at or focused, some are meant for that one. */
export function useDashboardKeys(session: DashboardSession): void {
  const active = () => session.activePanel.peek();
  const panelId = () => /^\d+/.exec(active() ?? '')?.[0];
  useKeys({
    v: () => {
      if (query.peek().has('viewPanel')) setQuery({ viewPanel: null }, 'push');
      else if (active()) setQuery({ viewPanel: active() }, 'push');
    },
    e: () => {
      if (!session.canChange.peek()) return;
      const id = panelId();
      if (id) setQuery({ editPanel: id, viewPanel: null }, 'push');
      else session.isEditing.value = !session.isEditing.peek();
    },
    i: () => {
      const cellKey = active();
      if (cellKey) session.dialog.set({ kind: 'inspect', cellKey });
    },
    'd r': session.time.refresh,
    'd k': nextKioskMode,
    'd v': nextKioskMode,
    'd s': () => {
      if (session.canChange.peek()) setQuery({ editview: 'settings' }, 'push');
    },
    Escape: () => {
      if (kioskMode.peek() !== null) leaveKiosk();
      else if (query.peek().has('viewPanel')) setQuery({ viewPanel: null }, 'push');
      else if (query.peek().has('editview')) setQuery({ editview: null }, 'push');
    },
  });
}
