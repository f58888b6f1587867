import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ApiError } from '../../../../api/errors';
import { Badge } from '../../../../components/badge';
import { Button } from '../../../../components/button';
import { ErrorNotice, Notice } from '../../../../components/notice';
import { dataSources, loadDataSources } from '../../../../dashboard/datasources';
import { navigate, query } from '../../../../router/location';
import { href } from '../../../../routes';
import { toast } from '../../../../shell/toasts';
import { Combobox, type Option } from '../form/combobox';
import { TextInput } from '../form/inputs';
import { allPanels } from '../grid/panels';
import { kindName } from '../panel/kind-picker';
import { SourcePicker } from '../queries/source-picker';
import { folderOptions } from '../save/folders';
import {
  dashboardWithUid,
  type Existing,
  type ImportInput,
  type ImportPreview,
  importDashboard,
  isTaken,
} from './import-api';
import { text } from './text';

type Props = { source: string; preview: ImportPreview; onBack(): void };

/** What is imported under which name, with which data sources, and how well it can be drawn. */
export function ImportForm({ source, preview, onBack }: Props) {
  const words = text.value;
  const title = useSignal(preview.summary.title);
  const uid = useSignal(preview.summary.uid);
  const folderUid = useSignal(query.peek().get('folderUid') ?? '');
  const folders = useSignal<Option[]>([]);
  const values = useSignal<Record<string, string>>({});
  const existing = useSignal<Existing | null>(null);
  const error = useSignal<ApiError | null>(null);
  const isBusy = useSignal(false);
  const { inputs } = preview;

  useEffect(() => {
    void loadDataSources();
    folderOptions(text.peek().general).then((options) => {
      folders.value = options;
    });
  }, []);
  useEffect(() => {
    let isGone = false;
    dashboardWithUid(uid.value.trim()).then((found) => {
      if (!isGone) existing.value = found;
    });
    return () => {
      isGone = true;
    };
  }, [uid.value]);

  const chosenFor = (input: ImportInput): string =>
    values.value[input.name] ??
    (input.type === 'constant' ? (input.value ?? '') : (firstSource(input)?.uid ?? ''));
  const missing = inputs.filter((input) => input.type === 'datasource' && chosenFor(input) === '');
  const run = async (overwrite: boolean) => {
    isBusy.value = true;
    error.value = null;
    const result = await importDashboard({
      source,
      title: title.peek(),
      uid: uid.peek().trim(),
      folderUid: folderUid.peek(),
      overwrite,
      inputs: inputs.map((input) => ({
        name: input.name,
        type: input.type,
        pluginId: input.pluginId,
        value: chosenFor(input),
      })),
    });
    isBusy.value = false;
    if (!result.ok) {
      error.value = result.error;
      return;
    }
    toast({ level: 'ok', message: text.peek().imported(title.peek()) });
    navigate(href('dashboard', { uid: result.data.uid }));
  };
  return (
    <form
      class="import"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing.length === 0 && !existing.peek()) void run(false);
      }}
    >
      <TextInput
        label={words.name}
        value={title.value}
        onChange={(written) => {
          title.value = written;
        }}
      />
      <TextInput
        label={words.uid}
        help={words.uidHelp}
        placeholder={words.newUid}
        value={uid.value}
        onChange={(written) => {
          uid.value = written;
        }}
      />
      {existing.value && (
        <Notice
          level="warn"
          title={words.uidTaken(existing.value.title, existing.value.folderTitle ?? words.general)}
        >
          <div class="import-actions">
            <Button
              onClick={() => {
                uid.value = '';
              }}
            >
              {words.useNewUid}
            </Button>
          </div>
        </Notice>
      )}
      <Combobox
        label={words.folder}
        value={folderUid.value}
        options={folders.value}
        onChange={(chosen) => {
          folderUid.value = chosen;
        }}
      />
      {inputs.map((input) => (
        <InputField
          key={input.name}
          input={input}
          value={chosenFor(input)}
          onChange={(value) => {
            values.value = { ...values.peek(), [input.name]: value };
          }}
        />
      ))}
      <Report preview={preview} />
      {error.value && <ErrorNotice error={error.value} />}
      <div class="import-actions">
        <Button onClick={onBack}>{words.back}</Button>
        {existing.value || (error.value && isTaken(error.value)) ? (
          <Button kind="danger" disabled={isBusy.value || missing.length > 0} onClick={() => void run(true)}>
            {words.overwrite}
          </Button>
        ) : (
          <Button
            kind="primary"
            type="submit"
            disabled={isBusy.value || missing.length > 0 || title.value.trim() === ''}
          >
            {words.import}
          </Button>
        )}
      </div>
    </form>
  );
}

function firstSource({ pluginId }: ImportInput) {
  const list = (dataSources.value ?? []).filter(({ type }) => !pluginId || type === pluginId);
  return list.find(({ isDefault }) => isDefault) ?? list[0];
}

function InputField({
  input,
  value,
  onChange,
}: {
  input: ImportInput;
  value: string;
  onChange(value: string): void;
}) {
  const label = input.label || input.pluginName || input.name;
  if (input.type !== 'datasource')
    return <TextInput label={label} help={input.description} value={value} onChange={onChange} />;
  const types = input.pluginId ? [input.pluginId] : undefined;
  const none = dataSources.value !== null && !firstSource(input);
  return (
    <div class="opt-row">
      <SourcePicker
        label={label}
        value={{ uid: value }}
        variables={[]}
        types={types}
        onChange={(ref) => onChange(ref.uid ?? '')}
      />
      {none && (
        <span class="field-error">{text.value.noSource(input.pluginName ?? input.pluginId ?? '')}</span>
      )}
    </div>
  );
}

const order = { unsupported: 0, approximate: 1, exact: 2 } as const;

/** How well each panel can be drawn, the worst first. */
function Report({ preview }: { preview: ImportPreview }) {
  const words = text.value;
  const rows = useMemo(() => {
    const panels = new Map(allPanels(preview.dashboard).map((panel) => [panel.id, panel]));
    return preview.verdicts
      .map((verdict) => ({ verdict, panel: panels.get(verdict.panelId) }))
      .filter(({ panel }) => panel?.type !== 'row')
      .sort((a, b) => order[a.verdict.level] - order[b.verdict.level]);
  }, [preview]);
  const count = (level: keyof typeof order) => rows.filter(({ verdict }) => verdict.level === level).length;
  return (
    <section class="import-report" aria-label={words.report}>
      <h2>{words.report}</h2>
      <p class="import-counts">
        <Badge level="ok">{words.levels.exact(count('exact'))}</Badge>
        <Badge level="warn">{words.levels.approximate(count('approximate'))}</Badge>
        <Badge level="bad">{words.levels.unsupported(count('unsupported'))}</Badge>
        <span class="opt-hint">{words.schema(preview.summary.schemaVersion)}</span>
      </p>
      {rows.length > 0 && (
        <div class="import-table">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.panel}</th>
                <th scope="col">{words.kind}</th>
                <th scope="col">{words.drawn}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, 500).map(({ verdict, panel }) => (
                <tr key={verdict.panelId}>
                  <td>{panel?.title || `#${verdict.panelId}`}</td>
                  <td>{panel && kindName(panel.type)}</td>
                  <td>
                    <Badge
                      level={
                        verdict.level === 'exact' ? 'ok' : verdict.level === 'approximate' ? 'warn' : 'bad'
                      }
                    >
                      {words.level[verdict.level]}
                    </Badge>
                    {verdict.reasons.length > 0 && (
                      <span class="import-reason">{verdict.reasons.join('; ')}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
