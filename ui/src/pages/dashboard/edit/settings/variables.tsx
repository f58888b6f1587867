import { useSignal } from '@preact/signals';
import { Badge } from '../../../../components/badge';
import { Button, IconButton, Segmented } from '../../../../components/button';
import { Select } from '../../../../components/field';
import { EmptyState } from '../../../../components/notice';
import { dataSources } from '../../../../dashboard/datasources';
import type { Variable, VariableType } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { dependenciesOf, orderVariables } from '../../../../variables/dependencies';
import { FormRow, NumberInput, Switch, TextInput } from '../form/inputs';
import { movedEntry, Sortable } from '../form/sortable';
import { SourcePicker } from '../queries/source-picker';
import { text } from './text';
import {
  nameProblem,
  newVariable,
  ofType,
  queryText,
  uses,
  variablesOf,
  variableTypes,
  withQueryText,
  withVariables,
} from './variables-model';

/** The variables of a dashboard in the order in which they are shown. */
export function VariableSettings({ session }: { session: DashboardSession }) {
  const list = variablesOf(session.dashboard.value);
  const openAt = useSignal(-1);
  const change = (label: string, next: readonly Variable[]) =>
    session.change(label, (dashboard) => withVariables(dashboard, next));
  const { rings } = orderVariables(list);
  const names = new Set(list.map(({ name }) => name));
  return (
    <div class="settings-list">
      {list.length === 0 && (
        <EmptyState icon="filter" title={text.value.noVariables}>
          {text.value.noVariablesHint}
        </EmptyState>
      )}
      <Sortable
        label={text.value.views.variables}
        keys={list.map((_, at) => String(at))}
        names={list.map(({ name }) => name)}
        onMove={(from, to) => {
          openAt.value = -1;
          change(text.value.variableMoved(list[from]!.name), movedEntry(list, from, to));
        }}
      >
        {(at, handle) => {
          const variable = list[at]!;
          const dependsOn = dependenciesOf(variable, names);
          const isOpen = openAt.value === at;
          const used = uses(session.dashboard.value, variable.name);
          return (
            <section class="settings-card" aria-label={variable.name}>
              <header class="settings-card-head">
                {handle}
                <button
                  type="button"
                  class="settings-card-title"
                  aria-expanded={isOpen}
                  onClick={() => {
                    openAt.value = isOpen ? -1 : at;
                  }}
                >
                  <code>${variable.name}</code>
                  <span class="settings-card-note">
                    {text.value.variableTypes[variable.type as keyof typeof text.value.variableTypes] ??
                      variable.type}
                    {queryText(variable) && `: ${queryText(variable)}`}
                  </span>
                </button>
                {dependsOn.length > 0 && (
                  <span class="settings-card-note">
                    {text.value.dependsOn(dependsOn.map((name) => `$${name}`).join(', '))}
                  </span>
                )}
                {rings.has(variable.name) && <Badge level="bad">{text.value.ring}</Badge>}
                <Badge level={used > 0 ? 'neutral' : 'warn'}>{text.value.used(used)}</Badge>
                <IconButton
                  icon="copy"
                  label={text.value.duplicateVariable(variable.name)}
                  onClick={() => {
                    const copy = { ...structuredClone(variable), name: freeName(variable.name, names) };
                    change(text.value.variableAdded(copy.name), list.toSpliced(at + 1, 0, copy));
                  }}
                />
                <IconButton
                  icon="trash"
                  label={text.value.removeVariable(variable.name)}
                  onClick={() => {
                    openAt.value = -1;
                    change(text.value.variableRemoved(variable.name), list.toSpliced(at, 1));
                  }}
                />
              </header>
              {isOpen && (
                <VariableForm
                  session={session}
                  variable={variable}
                  others={list.filter((_, place) => place !== at)}
                  onChange={(next) => change(text.value.variableChanged(next.name), list.with(at, next))}
                />
              )}
            </section>
          );
        }}
      </Sortable>
      <Button
        icon="plus"
        onClick={() => {
          const added = newVariable(list);
          change(text.value.variableAdded(added.name), [...list, added]);
          openAt.value = list.length;
        }}
      >
        {text.value.addVariable}
      </Button>
    </div>
  );
}

function freeName(name: string, names: ReadonlySet<string>): string {
  let at = 2;
  while (names.has(`${name}_${at}`)) at++;
  return `${name}_${at}`;
}

type FormProps = {
  session: DashboardSession;
  variable: Variable;
  others: readonly Variable[];
  onChange(variable: Variable): void;
};

function VariableForm({ session, variable, others, onChange }: FormProps) {
  const words = text.value;
  const problem = useSignal<string | undefined>(undefined);
  const known = (variableTypes as readonly string[]).includes(variable.type);
  const set = (part: Partial<Variable>) => onChange({ ...variable, ...part });
  return (
    <div class="settings-card-body">
      <div class="settings-line">
        <Select
          label={words.variableType}
          value={variable.type}
          choices={[
            ...variableTypes.map((type) => ({
              value: type as VariableType,
              label: words.variableTypes[type],
            })),
            ...(known ? [] : [{ value: variable.type, label: variable.type }]),
          ]}
          onChange={(type) => onChange(ofType(variable, type))}
        />
        <TextInput
          label={words.variableName}
          value={variable.name}
          error={problem.value}
          onChange={(name) => {
            const found = nameProblem(name.trim(), others);
            problem.value = found ? words.nameProblems[found] : undefined;
            if (!found) set({ name: name.trim() });
          }}
        />
        <TextInput
          label={words.variableLabel}
          value={variable.label ?? ''}
          onChange={(label) => set({ label })}
        />
      </div>
      <TextInput
        label={words.description}
        value={variable.description ?? ''}
        onChange={(description) => set({ description: description || undefined })}
      />
      <FormRow label={words.showOnDashboard}>
        <Segmented
          label={words.showOnDashboard}
          value={String(variable.hide ?? 0) as '0' | '1' | '2'}
          choices={[
            { value: '0', label: words.hides.shown },
            { value: '1', label: words.hides.label },
            { value: '2', label: words.hides.hidden },
          ]}
          onChange={(hide) => set({ hide: Number(hide) as 0 | 1 | 2 })}
        />
      </FormRow>
      <KindForm variable={variable} others={others} onChange={onChange} />
      {['query', 'custom', 'datasource'].includes(variable.type) && (
        <Selection variable={variable} onChange={onChange} />
      )}
      <Values session={session} variable={variable} />
    </div>
  );
}

function KindForm({ variable, others, onChange }: Omit<FormProps, 'session'>) {
  const words = text.value;
  const set = (part: Partial<Variable>) => onChange({ ...variable, ...part });
  const query = queryText(variable);
  switch (variable.type) {
    case 'query':
      return (
        <>
          <SourcePicker
            label={words.dataSource}
            value={variable.datasource}
            variables={others}
            onChange={(datasource) => set({ datasource })}
          />
          <TextInput
            label={words.query}
            multiline
            rows={2}
            help={words.queryHelp}
            placeholder="label_values(up, job)"
            value={query}
            onChange={(written) => onChange(withQueryText(variable, written))}
          />
          <div class="settings-line">
            <TextInput
              label={words.regex}
              help={words.regexHelp}
              placeholder="/.*-(?<text>.*)-(?<value>.*)-.*/"
              value={variable.regex ?? ''}
              onChange={(regex) => set({ regex })}
            />
            <Select
              label={words.sort}
              value={String(variable.sort ?? 0)}
              choices={words.sorts.split('|').map((label, at) => ({ value: String(at), label }))}
              onChange={(sort) => set({ sort: Number(sort) })}
            />
            <Select
              label={words.refreshWhen}
              value={String(variable.refresh ?? 1)}
              choices={(['0', '1', '2'] as const).map((value) => ({
                value: value as string,
                label: words.refreshes[value],
              }))}
              onChange={(refresh) => set({ refresh: Number(refresh) as 0 | 1 | 2 })}
            />
          </div>
        </>
      );
    case 'custom':
      return (
        <TextInput
          label={words.customValues}
          multiline
          rows={2}
          help={words.customHelp}
          placeholder="1, 10, 20, text : value"
          value={query}
          onChange={(written) => set({ query: written, options: undefined })}
        />
      );
    case 'textbox':
      return (
        <TextInput
          label={words.defaultValue}
          value={query}
          onChange={(written) =>
            set({ query: written, current: { text: written, value: written }, options: undefined })
          }
        />
      );
    case 'constant':
      return (
        <TextInput
          label={words.value}
          value={query}
          onChange={(written) => set({ query: written, current: undefined, options: undefined })}
        />
      );
    case 'datasource': {
      const types = [
        ...new Set([...(dataSources.value ?? []).map(({ type }) => type), query].filter(Boolean)),
      ];
      return (
        <div class="settings-line">
          <Select
            label={words.sourceType}
            value={query}
            choices={types.map((type) => ({ value: type, label: type }))}
            onChange={(type) => set({ query: type, current: undefined, options: undefined })}
          />
          <TextInput
            label={words.instanceRegex}
            placeholder="/.*-prod/"
            value={variable.regex ?? ''}
            onChange={(regex) => set({ regex })}
          />
        </div>
      );
    }
    case 'interval':
      return (
        <>
          <TextInput
            label={words.intervals}
            value={query}
            placeholder="1m,10m,30m,1h,6h,12h,1d,7d"
            onChange={(written) => set({ query: written, options: undefined })}
          />
          <Switch
            label={words.autoInterval}
            value={variable.auto === true}
            onChange={(auto) => set({ auto })}
          />
          {variable.auto && (
            <div class="settings-line">
              <NumberInput
                label={words.autoCount}
                integer
                min={1}
                value={variable.auto_count}
                placeholder="30"
                onChange={(count) => set({ auto_count: count })}
              />
              <TextInput
                label={words.autoMin}
                placeholder="10s"
                value={variable.auto_min ?? ''}
                onChange={(least) => set({ auto_min: least })}
              />
            </div>
          )}
        </>
      );
    case 'adhoc':
      return (
        <>
          <SourcePicker
            label={words.dataSource}
            value={variable.datasource}
            variables={others}
            onChange={(datasource) => set({ datasource })}
          />
          <p class="opt-hint">{words.adhocHint}</p>
        </>
      );
    default:
      return <p class="opt-hint">{words.kindKept(variable.type)}</p>;
  }
}

function Selection({ variable, onChange }: Pick<FormProps, 'variable' | 'onChange'>) {
  const words = text.value;
  const set = (part: Partial<Variable>) => onChange({ ...variable, ...part });
  return (
    <div class="settings-line">
      <Switch label={words.multi} value={variable.multi === true} onChange={(multi) => set({ multi })} />
      <Switch
        label={words.includeAll}
        value={variable.includeAll === true}
        onChange={(includeAll) => set({ includeAll })}
      />
      {variable.includeAll && (
        <TextInput
          label={words.allValue}
          help={words.allValueHelp}
          placeholder=".*"
          value={variable.allValue ?? ''}
          onChange={(allValue) => set({ allValue: allValue || undefined })}
        />
      )}
    </div>
  );
}

const mostValues = 60;

/** The values that the variable has with what stands in the form. */
function Values({ session, variable }: { session: DashboardSession; variable: Variable }) {
  const state = session.variables.states.value.find((one) => one.variable.name === variable.name);
  if (!state || ['adhoc', 'textbox', 'constant'].includes(variable.type)) return null;
  const { options, loading, error } = state;
  return (
    <div class="settings-values" role="group" aria-label={text.value.preview}>
      <span class="field-label">
        {loading ? text.value.loadingValues : text.value.valueCount(options.length)}
        {variable.type === 'query' && (
          <IconButton
            icon="refresh"
            label={text.value.askAgain}
            onClick={() => session.variables.reload(variable.name)}
          />
        )}
      </span>
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
      <ul>
        {options.slice(0, mostValues).map((option) => (
          <li key={option.value} class="chip" title={option.value}>
            <span class="chip-text">{option.text}</span>
          </li>
        ))}
        {options.length > mostValues && (
          <li class="opt-hint">{text.value.moreValues(options.length - mostValues)}</li>
        )}
      </ul>
    </div>
  );
}
