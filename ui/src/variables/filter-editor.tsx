import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { labelNames, labelValues } from '../api/prometheus';
import { Button } from '../components/button';
import { Icon } from '../components/icon';
import { Popover } from '../components/popover';
import { type Filter, filterOperators } from './filters';
import { text } from './text';
import type { VariableSet, VariableState } from './variable-set';

/** The filters of an ad hoc variable, and a form for one more. */
export function FilterEditor({ state, variables }: { state: VariableState; variables: VariableSet }) {
  const { name } = state.variable;
  const t = text.value;
  const set = (filters: readonly Filter[]) => variables.setFilters(name, filters);
  return (
    <span class="variable-filters">
      {state.filters.map((filter, index) => (
        <span class="variable-filter" key={`${filter.key}${filter.operator}${filter.value}`}>
          {`${filter.key} ${filter.operator} ${filter.value}`}
          <button
            type="button"
            aria-label={t.removeFilter(filter.key)}
            onClick={() => set(state.filters.filter((_, at) => at !== index))}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      ))}
      <Popover
        label={t.addFilter}
        trigger={({ isOpen, toggle }) => (
          <Button icon="plus" aria-expanded={isOpen} aria-haspopup="dialog" onClick={toggle}>
            {t.addFilter}
          </Button>
        )}
      >
        {(close) => (
          <FilterForm
            id={name}
            onAdd={(filter) => {
              set([...state.filters, filter]);
              close();
            }}
          />
        )}
      </Popover>
    </span>
  );
}

function FilterForm({ id, onAdd }: { id: string; onAdd(filter: Filter): void }) {
  const t = text.value;
  const keys = useSignal<readonly string[]>([]);
  const values = useSignal<readonly string[]>([]);
  const key = useSignal('');
  const operator = useSignal<string>('=');
  const value = useSignal('');
  useEffect(() => {
    const abort = new AbortController();
    void labelNames({ signal: abort.signal }).then((result) => {
      if (result.ok) keys.value = result.data.filter((one) => one !== '__name__');
    });
    return () => abort.abort();
  }, []);
  useEffect(() => {
    values.value = [];
    if (!/^[a-zA-Z_]\w*$/.test(key.value)) return;
    const abort = new AbortController();
    void labelValues(key.value, { signal: abort.signal }).then((result) => {
      if (result.ok) values.value = result.data.slice(0, 1000);
    });
    return () => abort.abort();
  }, [key.value]);
  return (
    <form
      class="variable-filter-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (key.value) onAdd({ key: key.value, operator: operator.value, value: value.value });
      }}
    >
      <input
        aria-label={t.filterLabel}
        placeholder={t.filterLabel}
        list={`${id}-keys`}
        value={key.value}
        onInput={(event) => {
          key.value = event.currentTarget.value;
        }}
      />
      <datalist id={`${id}-keys`}>
        {keys.value.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <select
        aria-label={t.filterOperator}
        value={operator.value}
        onChange={(event) => {
          operator.value = event.currentTarget.value;
        }}
      >
        {filterOperators.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <input
        aria-label={t.filterValue}
        placeholder={t.filterValue}
        list={`${id}-values`}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <datalist id={`${id}-values`}>
        {values.value.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Button kind="primary" type="submit" disabled={key.value === ''}>
        {t.apply}
      </Button>
    </form>
  );
}
