import { effect, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../../../components/button';
import { Dialog } from '../../../../components/dialog';
import type { DashboardSession } from '../../../../dashboard/session';
import { type Draft, dropDraft, readDraft, writeDraft } from '../save/draft';
import { text } from '../save/text';

const writeAfterMilliseconds = 400;

/** Keeps what is not saved, and answers what was kept before this page was loaded, until that is decided. */
export function useKeptDraft(session: DashboardSession): Draft | null {
  const offered = useSignal<Draft | null>(session.isDirty.peek() ? null : readDraft(session.uid));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasDirty = session.isDirty.peek();
    const stop = effect(() => {
      const dashboard = session.dashboard.value;
      const isDirty = session.isDirty.value;
      clearTimeout(timer);
      if (isDirty) {
        offered.value = null;
        const write = () =>
          writeDraft(session.uid, {
            version: session.meta.peek().version,
            savedAtMilliseconds: Date.now(),
            dashboard,
          });
        timer = setTimeout(write, writeAfterMilliseconds);
      } else if (wasDirty) dropDraft(session.uid);
      wasDirty = isDirty;
    });
    const flush = () => {
      if (!session.isDirty.peek()) return;
      clearTimeout(timer);
      writeDraft(session.uid, {
        version: session.meta.peek().version,
        savedAtMilliseconds: Date.now(),
        dashboard: session.dashboard.peek(),
      });
    };
    window.addEventListener('pagehide', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      flush();
      clearTimeout(timer);
      stop();
    };
  }, [session]);
  return offered.value;
}

export function DraftOffer({ session, draft }: { session: DashboardSession; draft: Draft }) {
  const isGone = useSignal(false);
  if (isGone.value) return null;
  const isOlder = draft.version !== session.meta.value.version;
  const close = () => {
    isGone.value = true;
  };
  return (
    <Dialog title={text.value.draftTitle} onClose={close}>
      <div class="save-dialog">
        <p>{text.value.draftHint(new Date(draft.savedAtMilliseconds).toLocaleString(), isOlder)}</p>
        <footer class="save-footer">
          <Button
            kind="danger"
            onClick={() => {
              dropDraft(session.uid);
              close();
            }}
          >
            {text.value.draftDrop}
          </Button>
          <span class="save-footer-gap" />
          <Button
            kind="primary"
            onClick={() => {
              close();
              session.change(text.peek().draftChange, () => draft.dashboard);
            }}
          >
            {text.value.draftTake}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
