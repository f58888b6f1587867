import './variable-bar.css';
import { Icon } from '../components/icon';
import { lazy } from '../components/lazy';
import { asList, hasChoices } from './choose';
import { OptionPicker } from './option-picker';
import { text } from './text';
import type { VariableSet, VariableState } from './variable-set';

/** The variables of a dashboard, above its panels. */
export function VariableBar({ variables }: { variables: VariableSet }) {
  const shown = variables.states.value.filter(
    ({ variable }) => variable.hide !== 2 && variable.type !== 'constant' && variable.type !== 'system',
  );
  if (shown.length === 0) return null;
  return (
    <div class="variable-bar" role="group" aria-label={text.value.region}>
      {shown.map((state) => (
        <VariableControl key={state.variable.name} state={state} variables={variables} />
      ))}
    </div>
  );
}

function VariableControl({ state, variables }: { state: VariableState; variables: VariableSet }) {
  const { variable, error } = state;
  const { name, type } = variable;
  const label = variable.label || name;
  const choose = (value: string | string[]) => variables.choose(name, value);
  return (
    <div class="variable">
      {variable.hide !== 1 && (
        <span class="variable-label" title={variable.description}>
          {label}
        </span>
      )}
      {hasChoices(variable) && <OptionPicker label={label} state={state} onChoose={choose} />}
      {type === 'textbox' && <TextBox label={label} value={asList(state.value)[0] ?? ''} onChange={choose} />}
      {type === 'adhoc' && <FilterEditor state={state} variables={variables} />}
      {type === 'switch' && (
        <input
          type="checkbox"
          aria-label={label}
          checked={asList(state.value)[0] === 'true'}
          onChange={(event) => choose(String(event.currentTarget.checked))}
        />
      )}
      {error && (
        <span class="variable-error" role="alert" title={error}>
          <Icon name="warning" size={14} />
          <span class="visually-hidden">{`${text.value.failed(label)}: ${error}`}</span>
        </span>
      )}
    </div>
  );
}

function TextBox({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(value: string): void;
}) {
  const commit = (typed: string) => {
    if (typed !== value) onChange(typed);
  };
  return (
    <input
      type="text"
      class="variable-text"
      aria-label={label}
      value={value}
      spellcheck={false}
      onBlur={(event) => commit(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.isComposing) commit(event.currentTarget.value);
      }}
    />
  );
}

/** Few dashboards have ad hoc filters: their editor comes with the first that does. */
const FilterEditor = lazy(
  () => import('./filter-editor').then((module) => module.FilterEditor),
  <span class="variable-filters-wait" />,
);
