import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ApiError } from '../../../../api/errors';
import { copyText } from '../../../../clipboard';
import { Button } from '../../../../components/button';
import { ErrorNotice, Notice, Skeleton } from '../../../../components/notice';
import type { DashboardSession } from '../../../../dashboard/session';
import { toast } from '../../../../shell/toasts';
import { CodeArea, type CodeAreaHandle } from '../form/code-area';
import { TextInput } from '../form/inputs';
import { dropDraft } from '../save/draft';
import { conflictOf, loadSource, saveSource } from '../save/save-api';
import { type JsonMistake, jsonMistake, withTopLevel } from './json-keys';
import { text } from './text';

/** The dashboard's source as it is stored, to be changed as text. */
export function JsonSettings({ session }: { session: DashboardSession }) {
  const words = text.value;
  const source = useSignal<string | null>(null);
  const written = useSignal('');
  const message = useSignal('');
  const mistake = useSignal<JsonMistake | null>(null);
  const error = useSignal<ApiError | null>(null);
  const isBusy = useSignal(false);
  const editor = useRef<CodeAreaHandle>(null);
  const isNew = session.uid === '';
  const { version } = session.meta.value;

  useEffect(() => {
    let isGone = false;
    const show = (loaded: string) => {
      if (isGone) return;
      source.value = loaded;
      written.value = loaded;
    };
    if (isNew) show(JSON.stringify(session.dashboard.peek(), null, 2));
    else {
      loadSource(session.uid).then((result) => {
        if (result.ok)
          show(withTopLevel(result.data, { uid: session.uid, version: session.meta.peek().version }));
        else if (!isGone) error.value = result.error;
      });
    }
    return () => {
      isGone = true;
    };
  }, [session.uid, version]);

  const save = async () => {
    error.value = null;
    mistake.value = jsonMistake(written.peek());
    if (mistake.peek()) return;
    const parsed: unknown = JSON.parse(written.peek());
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      mistake.value = { message: words.notObject, offset: 0, line: 1, column: 1 };
      return;
    }
    if (isNew) {
      session.change(words.jsonChanged, (current) => ({ ...current, ...(parsed as object) }));
      toast({ level: 'ok', message: words.jsonTaken });
      return;
    }
    isBusy.value = true;
    const result = await saveSource(written.peek(), session.meta.peek().folderUid, message.peek());
    isBusy.value = false;
    if (!result.ok) {
      error.value = result.error;
      return;
    }
    dropDraft(session.uid);
    message.value = '';
    await session.reload();
    toast({ level: 'ok', message: words.jsonSaved });
  };

  if (source.value === null)
    return error.value ? <ErrorNotice error={error.value} /> : <Skeleton height="420px" />;
  return (
    <div class="settings-json">
      {session.isDirty.value && <Notice level="warn">{words.jsonDirty}</Notice>}
      <div class="settings-json-editor">
        <CodeArea
          label={words.views.json}
          language="json"
          isTall
          value={source.value}
          onChange={(next) => {
            written.value = next;
            if (mistake.peek()) mistake.value = jsonMistake(next);
          }}
          onReady={(handle) => {
            editor.current = handle;
          }}
        />
      </div>
      {mistake.value && (
        <div class="notice is-bad" role="alert">
          <div class="notice-body">
            <strong>{words.mistake(mistake.value.line, mistake.value.column)}</strong>
            <p class="notice-detail">{mistake.value.message}</p>
          </div>
          <Button onClick={() => editor.current?.goTo(mistake.peek()!.offset)}>{words.goTo}</Button>
        </div>
      )}
      {error.value && <ErrorNotice error={error.value} />}
      {error.value && conflictOf(error.value) && <p class="opt-hint">{words.jsonConflict}</p>}
      <div class="settings-json-actions">
        {!isNew && (
          <TextInput
            label={words.message}
            hideLabel
            placeholder={words.message}
            value={message.value}
            onChange={(next) => {
              message.value = next;
            }}
          />
        )}
        <Button
          icon="copy"
          onClick={async () => {
            if (await copyText(written.peek())) toast({ level: 'ok', message: words.copied });
          }}
        >
          {words.copy}
        </Button>
        <Button
          kind="primary"
          disabled={isBusy.value || (!isNew && written.value === source.value)}
          onClick={save}
        >
          {isNew ? words.takeJson : words.saveJson}
        </Button>
      </div>
    </div>
  );
}
