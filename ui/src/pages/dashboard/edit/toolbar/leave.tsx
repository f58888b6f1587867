import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../../../components/button';
import { Dialog } from '../../../../components/dialog';
import type { DashboardSession } from '../../../../dashboard/session';
import { navigate, withBase } from '../../../../router/location';
import { dropDraft } from '../save/draft';
import { closeDialog, editDialog, saveDashboard } from '../save/save-state';
import { text } from '../save/text';

/** Asks before what is not saved is left: closing the tab, or following a link to another page. */
export function useLeaveGuard(session: DashboardSession): void {
  const latest = useRef(session);
  latest.current = session;
  useEffect(() => {
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (latest.current.isDirty.peek()) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      if (!latest.current.isDirty.peek() || event.defaultPrevented || event.button !== 0) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = (event.target as Element | null)?.closest?.('a');
      if (!link?.href || link.target || link.hasAttribute('download')) return;
      const url = new URL(link.href);
      if (url.origin !== location.origin || url.pathname === location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      const base = withBase('');
      const target = url.pathname.slice(base.length) + url.search + url.hash;
      editDialog.value = { kind: 'leave', session: latest.current, goOn: () => navigate(target) };
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    document.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('beforeunload', onBeforeUnload);
      document.removeEventListener('click', onClick, true);
    };
  }, []);
}

export function LeaveDialog({ session, goOn }: { session: DashboardSession; goOn?: () => void }) {
  return (
    <Dialog title={text.value.leaveTitle} onClose={closeDialog}>
      <div class="save-dialog">
        <p>{text.value.leaveHint(session.changes.value.length)}</p>
        <footer class="save-footer">
          <Button onClick={closeDialog}>{text.value.stay}</Button>
          <span class="save-footer-gap" />
          <Button
            kind="danger"
            onClick={() => {
              closeDialog();
              dropDraft(session.uid);
              session.adopt({
                dashboard: session.saved.peek(),
                meta: session.meta.peek(),
                verdicts: [...session.verdicts.peek()],
              });
              goOn?.();
            }}
          >
            {text.value.leave}
          </Button>
          <Button kind="primary" onClick={() => saveDashboard(session)}>
            {text.value.saveFirst}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
