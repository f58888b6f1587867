import './toolbar.css';
import { useEffect, useRef } from 'preact/hooks';
import { Button, IconButton } from '../../../../components/button';
import { Popover } from '../../../../components/popover';
import type { DashboardSession } from '../../../../dashboard/session';
import { query, setQuery } from '../../../../router/location';
import { announce } from '../form/announce';
import { Announcements } from '../form/announcements';
import { SaveDialog } from '../save/save-dialog';
import { editDialog, saveDashboard } from '../save/save-state';
import { AddPanelButton } from './add-panel';
import { DraftOffer, useKeptDraft } from './draft-offer';
import { LeaveDialog, useLeaveGuard } from './leave';
import { text } from './text';

/** What editing adds to the header: add, undo, settings, save. */
export function Toolbar({ session }: { session: DashboardSession }) {
  const canUndo = session.canUndo.value;
  const canRedo = session.canRedo.value;
  const isDirty = session.isDirty.value;
  const changes = session.changes.value;
  const dialog = editDialog.value?.session === session ? editDialog.value : null;
  useEditKeys(session);
  useLeaveGuard(session);
  const draft = useKeptDraft(session);
  const isInside = query.value.has('editview');
  const isPanel = query.value.has('editPanel');
  return (
    <div class="edit-toolbar" role="toolbar" aria-label={text.value.label}>
      {!isInside && !isPanel && <AddPanelButton session={session} />}
      <IconButton
        icon="undo"
        label={text.value.undo(changes.at(-1) ?? '')}
        disabled={!canUndo}
        onClick={() => undo(session)}
      />
      <IconButton icon="redo" label={text.value.redo} disabled={!canRedo} onClick={() => redo(session)} />
      {changes.length > 0 && (
        <Popover
          label={text.value.changes}
          align="end"
          trigger={({ isOpen, toggle }) => (
            <Button kind="quiet" aria-expanded={isOpen} aria-haspopup="dialog" onClick={toggle}>
              {text.value.changeCount(changes.length)}
            </Button>
          )}
        >
          {() => (
            <ol class="edit-changes" reversed>
              {changes.toReversed().map((label, at) => (
                <li key={changes.length - at}>{label}</li>
              ))}
            </ol>
          )}
        </Popover>
      )}
      <IconButton
        icon="settings"
        label={text.value.settings}
        aria-pressed={isInside}
        onClick={() => setQuery({ editview: isInside ? null : 'settings', editPanel: null }, 'push')}
      />
      {!isPanel && (
        <>
          <Button kind="primary" title={text.value.saveHint} onClick={() => saveDashboard(session)}>
            {text.value.save}
          </Button>
          <Button onClick={() => leaveEditing(session)}>
            {isDirty ? text.value.cancel : text.value.done}
          </Button>
        </>
      )}
      <Announcements />
      {draft && <DraftOffer session={session} draft={draft} />}
      {dialog?.kind === 'leave' && <LeaveDialog session={session} goOn={dialog.goOn} />}
      {dialog && dialog.kind !== 'leave' && (
        <SaveDialog key={dialog.kind} session={session} asCopy={dialog.kind === 'copy'} />
      )}
    </div>
  );
}

function undo(session: DashboardSession): void {
  const label = session.changes.peek().at(-1);
  if (label === undefined) return;
  session.undo();
  announce(text.peek().undone(label));
}

function redo(session: DashboardSession): void {
  if (!session.canRedo.peek()) return;
  session.redo();
  announce(text.peek().redone(session.changes.peek().at(-1) ?? ''));
}

/** Ends editing; where something would be lost, asks first. */
function leaveEditing(session: DashboardSession): void {
  const end = () => {
    session.isEditing.value = false;
    setQuery({ editview: null, editPanel: null });
  };
  if (session.isDirty.peek()) editDialog.value = { kind: 'leave', session, goOn: end };
  else end();
}

/** Ctrl-Z, Ctrl-Shift-Z and Ctrl-S. What is being typed into a field is undone by the field. */
function useEditKeys(session: DashboardSession): void {
  const latest = useRef(session);
  latest.current = session;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
      const key = event.key.toLowerCase();
      if (key === 's' && !event.shiftKey) {
        event.preventDefault();
        if (!editDialog.peek()) saveDashboard(latest.current);
        return;
      }
      if (key !== 'z' && key !== 'y') return;
      const target = event.target as HTMLElement | null;
      if (
        target?.closest?.(
          'input:not([type=checkbox],[type=range],[type=color]), textarea, [contenteditable=true]',
        )
      )
        return;
      if (document.querySelector('dialog[open]')) return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) redo(latest.current);
      else undo(latest.current);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
