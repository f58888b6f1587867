import './save-dialog.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { loadDashboard } from '../../../../api/dashboards';
import type { ApiError } from '../../../../api/errors';
import { copyText } from '../../../../clipboard';
import { Button } from '../../../../components/button';
import { Dialog } from '../../../../components/dialog';
import { ErrorNotice, Notice } from '../../../../components/notice';
import type { DashboardSession } from '../../../../dashboard/session';
import { navigate, withBase } from '../../../../router/location';
import { href } from '../../../../routes';
import { toast } from '../../../../shell/toasts';
import { Combobox, type Option } from '../form/combobox';
import { Switch, TextInput } from '../form/inputs';
import { differences, isViewState } from './changes';
import { dropDraft } from './draft';
import { folderOptions } from './folders';
import {
  type Conflict,
  conflictOf,
  diffVersions,
  isNameTaken,
  isSessionOver,
  type Saved,
  save,
} from './save-api';
import { closeDialog } from './save-state';
import { text } from './text';
import { UnifiedDiff } from './unified-diff';

/** Saves a dashboard with a message, or as another one; tells what is changed, and who else did. */
export function SaveDialog({ session, asCopy }: { session: DashboardSession; asCopy: boolean }) {
  const meta = session.meta.value;
  const dashboard = session.dashboard.value;
  const isNew = session.uid === '';
  const isCopy = useSignal(asCopy);
  const title = useSignal(asCopy ? text.peek().copyOf(dashboard.title) : dashboard.title);
  const message = useSignal('');
  const folderUid = useSignal(meta.folderUid);
  const folders = useSignal<Option[]>([]);
  const keepsView = useSignal(false);
  const isBusy = useSignal(false);
  const error = useSignal<ApiError | null>(null);
  const conflict = useSignal<Conflict | null>(null);
  const theirDiff = useSignal<string | null>(null);
  const saved = useSignal<Saved | null>(null);
  const needsPlace = isNew || isCopy.value;

  useEffect(() => {
    folderOptions(text.peek().general).then((options) => {
      folders.value = options;
    });
  }, []);
  const changed = useMemo(
    () => differences(session.saved.value, dashboard),
    [session.saved.value, dashboard],
  );
  const view = changed.filter(isViewState);
  const shown = isNew ? [] : keepsView.value ? changed : changed.filter((one) => !isViewState(one));

  const send = async (overwrite: boolean) => {
    isBusy.value = true;
    error.value = null;
    const edited = keepsView.peek() || needsPlace ? dashboard : withSavedView(session);
    const result = await save({
      dashboard: needsPlace ? { ...edited, uid: '', title: title.peek() } : edited,
      baseVersion: needsPlace ? 0 : session.meta.peek().version,
      folderUid: folderUid.peek(),
      message: message.peek(),
      ...(overwrite && { overwrite }),
    });
    isBusy.value = false;
    if (!result.ok) {
      conflict.value = conflictOf(result.error);
      error.value = conflict.peek() ? null : result.error;
      return;
    }
    if (result.data.outcome === 'patch') {
      saved.value = result.data;
      return;
    }
    await finish(session, result.data, needsPlace);
  };
  const compare = async () => {
    if (!conflict.peek()) return;
    const result = await diffVersions(session.uid, session.meta.peek().version, conflict.peek()!.version);
    if (result.ok) theirDiff.value = result.data.unified;
    else error.value = result.error;
  };

  if (saved.value?.patch !== undefined) return <PatchDialog session={session} saved={saved.value} />;
  return (
    <Dialog title={isCopy.value ? text.value.saveCopy : text.value.save} onClose={closeDialog}>
      <form
        class="save-dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (!conflict.peek()) void send(false);
        }}
      >
        {needsPlace && (
          <>
            <TextInput
              label={text.value.title}
              value={title.value}
              onChange={(written) => {
                title.value = written;
              }}
            />
            <Combobox
              label={text.value.folder}
              value={folderUid.value}
              shown={folders.value.find(({ value }) => value === folderUid.value)?.label ?? meta.folderTitle}
              options={folders.value}
              onChange={(uid) => {
                folderUid.value = uid;
              }}
            />
          </>
        )}
        <TextInput
          label={text.value.message}
          placeholder={text.value.messageHint}
          value={message.value}
          onChange={(written) => {
            message.value = written;
          }}
        />
        {!needsPlace && view.length > 0 && (
          <Switch
            label={text.value.keepView}
            help={text.value.keepViewHelp}
            value={keepsView.value}
            onChange={(value) => {
              keepsView.value = value;
            }}
          />
        )}
        {meta.provisioned && !isCopy.value && (
          <Notice level="info" title={text.value.provisioned(meta.provisioned.file)}>
            {text.value.saveBack[meta.provisioned.saveBack]}
          </Notice>
        )}
        {!isNew && !conflict.value && <Changes changes={shown} labels={session.changes.value} />}
        {conflict.value && (
          <Notice level="warn" title={text.value.conflict}>
            <p>
              {text.value.conflictBy(
                conflict.value.updatedBy,
                conflict.value.updated && new Date(conflict.value.updated).toLocaleString(),
                conflict.value.version,
              )}
            </p>
            <div class="save-choices">
              <Button onClick={compare}>{text.value.compare}</Button>
              <Button
                onClick={() => {
                  conflict.value = null;
                  isCopy.value = true;
                  title.value = text.peek().copyOf(dashboard.title);
                }}
              >
                {text.value.saveCopy}
              </Button>
              <Button
                onClick={() => {
                  if (confirm(text.peek().reloadSure)) void reload(session);
                }}
              >
                {text.value.reload}
              </Button>
              <Button kind="danger" disabled={isBusy.value} onClick={() => void send(true)}>
                {text.value.overwrite}
              </Button>
            </div>
            {theirDiff.value !== null && <UnifiedDiff text={theirDiff.value} />}
          </Notice>
        )}
        {error.value && (
          <>
            {isSessionOver(error.value) ? (
              <Notice level="warn" title={text.value.sessionOver}>
                <p>{text.value.sessionOverHint}</p>
                <a href={withBase('/login')} target="_blank" rel="noopener">
                  {text.value.logIn}
                </a>
              </Notice>
            ) : (
              <ErrorNotice error={error.value} />
            )}
            {isNameTaken(error.value) && (
              <Button kind="danger" onClick={() => void send(true)}>
                {text.value.overwrite}
              </Button>
            )}
          </>
        )}
        <footer class="save-footer">
          {!isNew && !isCopy.value && !conflict.value && (
            <Button
              kind="quiet"
              onClick={() => {
                isCopy.value = true;
                title.value = text.peek().copyOf(dashboard.title);
              }}
            >
              {text.value.saveCopy}
            </Button>
          )}
          <span class="save-footer-gap" />
          <Button onClick={closeDialog}>{text.value.cancel}</Button>
          <Button
            kind="primary"
            type="submit"
            disabled={isBusy.value || conflict.value !== null || (needsPlace && title.value.trim() === '')}
          >
            {text.value.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Without the time range and the values of variables that were only looked at. */
function withSavedView(session: DashboardSession) {
  const saved = session.saved.peek();
  const now = session.dashboard.peek();
  const kept = new Map((saved.templating?.list ?? []).map((variable) => [variable.name, variable]));
  const list = now.templating?.list?.map((variable) => {
    const before = kept.get(variable.name);
    // A variable that is otherwise another one has values of its own.
    if (
      !before ||
      before.type !== variable.type ||
      JSON.stringify(before.query) !== JSON.stringify(variable.query)
    )
      return variable;
    const same = { ...variable };
    for (const key of ['current', 'options'] as const) {
      if (before[key] === undefined) delete same[key];
      else Object.assign(same, { [key]: before[key] });
    }
    return same;
  });
  return { ...now, ...(list && { templating: { ...now.templating, list } }) };
}

async function finish(session: DashboardSession, saved: Saved, isElsewhere: boolean): Promise<void> {
  dropDraft(session.uid);
  closeDialog();
  const where = saved.outcome === 'file' || saved.outcome === 'configmap' ? saved.file : undefined;
  toast({ level: 'ok', message: text.peek().saved, detail: where && text.peek().savedTo(where) });
  if (isElsewhere) {
    // What is here counts as saved, so that nothing asks about leaving it.
    const meta = session.meta.peek();
    session.adopt({ dashboard: session.dashboard.peek(), meta, verdicts: [...session.verdicts.peek()] });
    navigate(href('dashboard', { uid: saved.uid }), 'replace');
    return;
  }
  const loaded = await loadDashboard(session.uid);
  if (loaded.ok) session.adopt(loaded.data);
  else toast({ level: 'warn', message: text.peek().savedNotShown, detail: loaded.error.message });
}

async function reload(session: DashboardSession): Promise<void> {
  const result = await session.reload();
  if (result.ok) {
    dropDraft(session.uid);
    closeDialog();
  } else toast({ level: 'bad', message: text.peek().reloadFailed, detail: result.error.message });
}

function Changes({
  changes,
  labels,
}: {
  changes: ReturnType<typeof differences>;
  labels: readonly string[];
}) {
  if (changes.length === 0) return <p class="opt-hint">{text.value.nothingChanged}</p>;
  return (
    <details class="save-changes" open={changes.length <= 12}>
      <summary>{text.value.changed(changes.length, labels.length)}</summary>
      <ul>
        {changes.map(({ where, path, before, after }) => (
          <li key={`${where} ${path}`}>
            <span class="save-where">{[where, path].filter(Boolean).join(': ')}</span>
            {before !== null && <del>{before}</del>}
            {after !== null && <ins>{after}</ins>}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A provisioned dashboard that cannot be written from here: its change, to be put where it comes from. */
function PatchDialog({ session, saved }: { session: DashboardSession; saved: Saved }) {
  const patch = saved.patch ?? '';
  const link = useMemo(() => URL.createObjectURL(new Blob([patch], { type: 'text/x-diff' })), [patch]);
  useEffect(() => () => URL.revokeObjectURL(link), [link]);
  return (
    <Dialog title={text.value.patchTitle} onClose={closeDialog}>
      <div class="save-dialog">
        <Notice
          level="info"
          title={text.value.patchWhere(saved.file ?? session.meta.value.provisioned?.file ?? '')}
        >
          {text.value.patchHint}
        </Notice>
        <UnifiedDiff text={patch} />
        <footer class="save-footer">
          <Button
            icon="copy"
            onClick={async () => {
              if (await copyText(patch)) toast({ level: 'ok', message: text.peek().copied });
            }}
          >
            {text.value.copyPatch}
          </Button>
          <a class="button is-default" href={link} download={`${session.uid || 'dashboard'}.patch`}>
            {text.value.downloadPatch}
          </a>
          <span class="save-footer-gap" />
          <Button kind="primary" onClick={closeDialog}>
            {text.value.close}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
