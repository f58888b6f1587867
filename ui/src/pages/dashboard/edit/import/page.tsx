import './page.css';
import { useSignal } from '@preact/signals';
import type { ApiError } from '../../../../api/errors';
import { Button } from '../../../../components/button';
import { TextField } from '../../../../components/field';
import { ErrorNotice, Notice } from '../../../../components/notice';
import { Page } from '../../../../components/page';
import { CodeArea } from '../form/code-area';
import { type JsonMistake, jsonMistake } from '../settings/json-keys';
import { fromGrafanaCom, grafanaComId, type ImportPreview, mostBytes, preview } from './import-api';
import { ImportForm } from './import-form';
import { text } from './text';

type Problem =
  | { kind: 'json'; mistake: JsonMistake }
  | { kind: 'size'; bytes: number }
  | { kind: 'server'; error: ApiError };

/** Takes a dashboard from a file, from text, or from grafana.com, and shows what becomes of it before it is stored. */
export function ImportPage() {
  const words = text.value;
  const source = useSignal('');
  const id = useSignal('');
  const problem = useSignal<Problem | null>(null);
  const isBusy = useSignal(false);
  const found = useSignal<{ source: string; preview: ImportPreview } | null>(null);
  const isOver = useSignal(false);

  const look = async (json: string) => {
    problem.value = null;
    const bytes = new Blob([json]).size;
    if (bytes > mostBytes) {
      problem.value = { kind: 'size', bytes };
      return;
    }
    const mistake = jsonMistake(json);
    if (mistake) {
      problem.value = { kind: 'json', mistake };
      return;
    }
    isBusy.value = true;
    const result = await preview(json);
    isBusy.value = false;
    if (result.ok) found.value = { source: json, preview: result.data };
    else problem.value = { kind: 'server', error: result.error };
  };
  const readFile = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > mostBytes) {
      problem.value = { kind: 'size', bytes: file.size };
      return;
    }
    // A mark of the byte order is no part of the text.
    const json = (await file.text()).replace(/^\uFEFF/, '');
    // Very long texts make every editor slow; they are looked at without being shown.
    source.value = json.length < 2_000_000 ? json : '';
    await look(json);
  };
  const fetchFromGrafana = async () => {
    const number = grafanaComId(id.peek());
    if (!number) return;
    isBusy.value = true;
    problem.value = null;
    const result = await fromGrafanaCom(number);
    isBusy.value = false;
    if (!result.ok) {
      problem.value = {
        kind: 'server',
        error: { ...result.error, message: words.noNetwork(result.error.message) },
      };
      return;
    }
    source.value = result.data;
    await look(result.data);
  };

  if (found.value) {
    return (
      <Page title={words.title}>
        <ImportForm
          source={found.value.source}
          preview={found.value.preview}
          onBack={() => {
            found.value = null;
          }}
        />
      </Page>
    );
  }
  return (
    <Page title={words.title}>
      <div class="import">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a second way beside the button inside */}
        <div
          class={isOver.value ? 'import-drop is-over' : 'import-drop'}
          onDragOver={(event) => {
            event.preventDefault();
            isOver.value = true;
          }}
          onDragLeave={() => {
            isOver.value = false;
          }}
          onDrop={(event) => {
            event.preventDefault();
            isOver.value = false;
            void readFile(event.dataTransfer?.files[0]);
          }}
        >
          <label class="button is-primary import-file">
            {words.upload}
            <input
              type="file"
              accept=".json,application/json,text/plain"
              onChange={(event) => {
                void readFile(event.currentTarget.files?.[0]);
                event.currentTarget.value = '';
              }}
            />
          </label>
          <span>{words.drop}</span>
        </div>
        <form
          class="import-line"
          onSubmit={(event) => {
            event.preventDefault();
            void fetchFromGrafana();
          }}
        >
          <TextField
            label={words.grafanaCom}
            placeholder="1860"
            value={id.value}
            onInput={(written) => {
              id.value = written;
            }}
          />
          <Button type="submit" disabled={isBusy.value || !grafanaComId(id.value)}>
            {words.fetch}
          </Button>
        </form>
        <div class="import-text">
          <span class="field-label">{words.paste}</span>
          <CodeArea
            label={words.paste}
            language="json"
            isTall
            value={source.value}
            placeholder='{ "title": "…", "panels": [ … ] }'
            onChange={(written) => {
              source.value = written;
            }}
          />
        </div>
        {problem.value && <ProblemNotice problem={problem.value} />}
        <div class="import-actions">
          <Button
            kind="primary"
            disabled={isBusy.value || source.value.trim() === ''}
            onClick={() => void look(source.peek())}
          >
            {words.look}
          </Button>
        </div>
      </div>
    </Page>
  );
}

function ProblemNotice({ problem }: { problem: Problem }) {
  switch (problem.kind) {
    case 'json': {
      const { line, column, message } = problem.mistake;
      return (
        <div role="alert">
          <Notice level="bad" title={text.value.notJson(line, column)}>
            <p class="notice-detail">{message}</p>
          </Notice>
        </div>
      );
    }
    case 'size':
      return (
        <div role="alert">
          <Notice level="bad" title={text.value.tooLarge}>
            {text.value.tooLargeHint((problem.bytes / (1 << 20)).toFixed(1))}
          </Notice>
        </div>
      );
    case 'server':
      return <ErrorNotice error={problem.error} />;
  }
}
