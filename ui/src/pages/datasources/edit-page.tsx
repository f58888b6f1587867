import { useSignal } from '@preact/signals';
import {
  addDataSource,
  type DataSourceSettings,
  dataSourceSettings,
  deleteDataSource,
  testDataSource,
  updateDataSource,
} from '../../api/datasources';
import type { ApiError } from '../../api/errors';
import { useResult } from '../../api/use-result';
import { Button } from '../../components/button';
import { Confirm } from '../../components/confirm';
import { Select, TextField } from '../../components/field';
import { Checkbox, Form } from '../../components/form';
import { ErrorNotice, Notice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { loadDataSources } from '../../dashboard/datasources';
import { navigate, withBase } from '../../router/location';
import { href, type PageProps } from '../../routes';
import { toast } from '../../shell/toasts';
import { AdminsOnly } from './admins-only';
import { Fields } from './fields';
import { changeOf, type Draft, kindOf, kinds, localUid, missing, newSource } from './kinds';
import { text } from './text';

/** One data source; `new` is one that is not stored yet. */
export function DataSourcePage({ params: { uid } }: PageProps<'/datasources/:uid'>) {
  return (
    <AdminsOnly>
      {uid === 'new' ? (
        <Editor stored={newSource('prometheus', 'Prometheus')} />
      ) : (
        <Loaded key={uid} uid={uid} />
      )}
    </AdminsOnly>
  );
}

function Loaded({ uid }: { uid: string }) {
  const source = useResult((signal) => dataSourceSettings(uid, { signal }), uid);
  const { data, error } = source.value;
  if (data) return <Editor stored={data} />;
  return (
    <Page title={text.value.title}>
      {error ? <ErrorNotice error={error} /> : <Skeleton height="300px" />}
    </Page>
  );
}

type Outcome =
  | { kind: 'works'; message: string }
  | { kind: 'fails'; error: ApiError }
  | { kind: 'missing'; message: string };

function Editor({ stored }: { stored: DataSourceSettings }) {
  const t = text.value;
  const draft = useSignal<Draft>({ settings: stored, secrets: {} });
  const outcome = useSignal<Outcome | null>(null);
  const isBusy = useSignal(false);
  const isRemoving = useSignal(false);
  const { settings } = draft.value;
  const isNew = settings.uid === '';
  const isFixed = settings.readOnly;
  const set = (change: Partial<DataSourceSettings>) => {
    draft.value = { ...draft.peek(), settings: { ...draft.peek().settings, ...change } };
  };

  const isComplete = () => {
    const field = settings.name.trim() === '' ? t.name : labelOf(missing(draft.peek()));
    outcome.value = field ? { kind: 'missing', message: t.needed(field) } : null;
    return !field;
  };
  const test = async () => {
    if (!isFixed && !isComplete()) return;
    isBusy.value = true;
    const result = await testDataSource(changeOf(draft.peek()));
    isBusy.value = false;
    outcome.value = result.ok
      ? { kind: 'works', message: result.data.message }
      : { kind: 'fails', error: result.error };
  };
  const save = async () => {
    if (isFixed || !isComplete()) return;
    isBusy.value = true;
    const change = changeOf(draft.peek());
    const result = isNew ? await addDataSource(change) : await updateDataSource(settings.uid, change);
    isBusy.value = false;
    if (!result.ok) {
      outcome.value = { kind: 'fails', error: result.error };
      return;
    }
    draft.value = { settings: result.data.datasource, secrets: {} };
    outcome.value = null;
    toast({ level: 'ok', message: t.saved });
    void loadDataSources(true);
    if (isNew) navigate(href('dataSource', { uid: result.data.datasource.uid }), 'replace');
  };
  const kind = kindOf(settings.type);
  return (
    <Page
      title={isNew ? t.add : stored.name}
      actions={
        <a class="button" href={withBase(href('dataSources'))}>
          {t.back}
        </a>
      }
    >
      <Panel>
        <Form label={t.title} onSubmit={save} wide>
          {isFixed && <Notice level="info" title={settings.uid === localUid ? t.isBuiltIn : t.readOnly} />}
          <div class="form-pair">
            <TextField label={t.name} value={settings.name} onInput={(name) => set({ name })} />
            {isNew && (
              <Select
                label={t.type}
                value={settings.type}
                onChange={(type) => {
                  const isOwnName = kinds.every(({ name }) => name !== settings.name);
                  const name = isOwnName ? settings.name : (kindOf(type)?.name ?? type);
                  draft.value = {
                    settings: { ...newSource(type, name), isDefault: settings.isDefault },
                    secrets: {},
                  };
                  outcome.value = null;
                }}
                choices={kinds.map(({ type, name }) => ({ value: type, label: name }))}
              />
            )}
          </div>
          <Checkbox
            label={t.makeDefault}
            checked={settings.isDefault}
            disabled={isFixed}
            onChange={(isDefault) => set({ isDefault })}
          />
          {kind && settings.uid !== localUid && <Fields kind={kind} draft={draft} isFixed={isFixed} />}
          {!kind && <Notice level="warn" title={t.unknownType(settings.type)} />}
          <div role="status">
            {outcome.value?.kind === 'works' && (
              <Notice level="ok" title={t.works}>
                <p class="notice-detail">{outcome.value.message}</p>
              </Notice>
            )}
            {outcome.value?.kind === 'missing' && <Notice level="warn" title={outcome.value.message} />}
            {outcome.value?.kind === 'fails' && (
              <Notice level="bad" title={t.fails}>
                <p class="notice-detail">{outcome.value.error.message}</p>
              </Notice>
            )}
          </div>
          <div class="form-actions">
            {!isFixed && (
              <Button kind="primary" type="submit" disabled={isBusy.value}>
                {t.save}
              </Button>
            )}
            <Button onClick={test} disabled={isBusy.value}>
              {isBusy.value ? t.testing : t.test}
            </Button>
            {!isNew && !isFixed && (
              <Button
                kind="danger"
                onClick={() => {
                  isRemoving.value = true;
                }}
              >
                {t.remove}
              </Button>
            )}
          </div>
        </Form>
      </Panel>
      {isRemoving.value && (
        <Confirm
          title={t.removeTitle(stored.name)}
          action={t.remove}
          run={() => deleteDataSource(settings.uid)}
          onDone={() => {
            toast({ level: 'ok', message: t.removed });
            void loadDataSources(true);
            navigate(href('dataSources'));
          }}
          onClose={() => {
            isRemoving.value = false;
          }}
        >
          {t.removeHint}
        </Confirm>
      )}
    </Page>
  );
}

function labelOf(field: ReturnType<typeof missing>): string | undefined {
  return field && text.peek().fields[field.label];
}
