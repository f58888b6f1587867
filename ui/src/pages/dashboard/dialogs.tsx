import './dialogs.css';
import { useSignal } from '@preact/signals';
import { copyText } from '../../clipboard';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import type { AnnotationDraft } from '../../dashboard/annotations';
import { useCells } from '../../dashboard/grid';
import { InspectDialog } from '../../dashboard/inspect';
import { pageParameters } from '../../dashboard/links';
import type { DashboardSession } from '../../dashboard/session';
import { encodeQuery, path, withBase } from '../../router/location';
import { toast } from '../../shell/toasts';
import { parseTime } from '../../time/range';
import { formatDateTime } from '../../time/zone';
import { emptyScope } from '../../variables/scope';
import { text } from './dialogs-text';

export function Dialogs({ session }: { session: DashboardSession }) {
  const dialog = session.dialog.current.value;
  const draft = session.annotations.draft.value;
  const cells = useCells(session);
  const close = () => session.dialog.set(null);
  if (draft) return <AnnotationForm session={session} draft={draft} />;
  if (dialog?.kind === 'share')
    return <ShareDialog session={session} cellKey={dialog.cellKey} onClose={close} />;
  if (dialog?.kind === 'inspect') {
    const cell = cells.value.find(({ key }) => key === dialog.cellKey);
    const panel = cell?.panel ?? session.findPanel(Number.parseInt(dialog.cellKey, 10));
    if (!panel) return null;
    return (
      <InspectDialog
        session={session}
        panel={panel}
        scope={cell?.scope ?? emptyScope}
        cellKey={dialog.cellKey}
        onClose={close}
      />
    );
  }
  return null;
}

type ShareProps = { session: DashboardSession; cellKey?: string; onClose(): void };

/** An address that shows the same: the time as it is now, or as it is written. */
function ShareDialog({ session, cellKey, onClose }: ShareProps) {
  const t = text.value;
  const isLocked = useSignal(true);
  const withVariables = useSignal(true);
  const isCopied = useSignal(false);
  const parameters = pageParameters();
  for (const name of [...parameters.keys()]) if (name.startsWith('var-')) parameters.delete(name);
  const { from, to } = session.time.range.value;
  const window = session.window.value;
  parameters.set('from', isLocked.value ? String(window.from) : from);
  parameters.set('to', isLocked.value ? String(window.to) : to);
  if (cellKey) parameters.set('viewPanel', cellKey);
  if (withVariables.value) {
    for (const [name, values] of Object.entries(session.variables.urlParameters())) {
      for (const value of values) parameters.append(name, value);
    }
  }
  const url = `${globalThis.location.origin}${withBase(path.value)}?${encodeQuery(parameters)}`;
  return (
    <Dialog title={cellKey ? t.sharePanel : t.shareDashboard} onClose={onClose}>
      <div class="share">
        <label class="share-choice">
          <input
            type="checkbox"
            checked={isLocked.value}
            onChange={(event) => {
              isLocked.value = event.currentTarget.checked;
            }}
          />
          {t.lockTime}
        </label>
        <label class="share-choice">
          <input
            type="checkbox"
            checked={withVariables.value}
            onChange={(event) => {
              withVariables.value = event.currentTarget.checked;
            }}
          />
          {t.withVariables}
        </label>
        <TextField label={t.link} value={url} onInput={() => undefined} />
        <Button
          kind="primary"
          icon={isCopied.value ? 'check' : 'copy'}
          onClick={async () => {
            isCopied.value = await copyText(url);
          }}
        >
          {isCopied.value ? t.copied : t.copyLink}
        </Button>
      </div>
    </Dialog>
  );
}

/** Writes an annotation, or changes one. */
function AnnotationForm({ session, draft }: { session: DashboardSession; draft: AnnotationDraft }) {
  const t = text.value;
  const zone = session.time.zone.value;
  const content = useSignal(draft.text);
  const tags = useSignal(draft.tags.join(', '));
  const start = useSignal(formatDateTime(draft.time / 1000, zone));
  const end = useSignal(formatDateTime(draft.timeEnd / 1000, zone));
  const error = useSignal('');
  const isRegion = draft.timeEnd > draft.time;
  const close = () => {
    session.annotations.draft.value = null;
  };
  const read = (typed: string, original: number) => {
    // What was not touched keeps its milliseconds.
    if (typed === formatDateTime(original / 1000, zone)) return original;
    const seconds = parseTime(typed, 'start', Date.now() / 1000, zone);
    return seconds === null ? null : seconds * 1000;
  };
  const time = read(start.value, draft.time);
  const timeEnd = isRegion ? read(end.value, draft.timeEnd) : time;
  const isWrong = time === null || timeEnd === null || timeEnd < time || content.value.trim() === '';
  const save = async (event: Event) => {
    event.preventDefault();
    if (isWrong) return;
    const result = await session.annotations.save({
      ...draft,
      time,
      timeEnd,
      text: content.value,
      tags: tags.value
        .split(',')
        .map((tag) => tag.trim())
        .filter(Boolean),
    });
    if (result.ok) {
      toast({ level: 'ok', message: t.annotationSaved });
      close();
    } else error.value = result.error.message;
  };
  return (
    <Dialog title={draft.id ? t.editAnnotation : t.newAnnotation} onClose={close}>
      <form class="share" onSubmit={save}>
        <label class="field">
          <span class="field-label">{t.annotationText}</span>
          <textarea
            class="annotation-text"
            rows={3}
            value={content.value}
            onInput={(event) => {
              content.value = event.currentTarget.value;
            }}
          />
        </label>
        <TextField
          label={t.annotationTags}
          value={tags.value}
          onInput={(value) => {
            tags.value = value;
          }}
        />
        <TextField
          label={isRegion ? t.annotationFrom : t.annotationTime}
          value={start.value}
          error={time === null ? t.notATime : undefined}
          onInput={(value) => {
            start.value = value;
          }}
        />
        {isRegion && (
          <TextField
            label={t.annotationTo}
            value={end.value}
            error={timeEnd === null ? t.notATime : undefined}
            onInput={(value) => {
              end.value = value;
            }}
          />
        )}
        {error.value && (
          <p class="share-error" role="alert">
            {error.value}
          </p>
        )}
        <Button kind="primary" type="submit" disabled={isWrong}>
          {t.save}
        </Button>
      </form>
    </Dialog>
  );
}
