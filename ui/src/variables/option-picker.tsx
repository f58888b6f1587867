import './option-picker.css';
import { useSignal } from '@preact/signals';
import { Icon } from '../components/icon';
import { lazy } from '../components/lazy';
import { Popover } from '../components/popover';
import { asList } from './choose';
import { text } from './text';
import type { VariableState } from './variable-set';

export type OptionPickerProps = {
  /** What the variable is called. */
  label: string;
  state: VariableState;
  onChoose(value: string | string[]): void;
};

const OptionList = lazy<OptionPickerProps & { close(): void }>(
  () => import('./option-list').then((module) => module.OptionList),
  <div class="option-list" aria-busy="true" />,
);

/** The value of a variable, and the list to choose another from. Several are taken over when the list closes. */
export function OptionPicker({ label, state, onChoose }: OptionPickerProps) {
  const isOpen = useSignal(false);
  const shown = asList(state.text).join(' + ') || text.value.none;
  return (
    <Popover
      label={label}
      isOpen={isOpen}
      trigger={({ isOpen: opened, toggle }) => (
        <button
          type="button"
          class={state.error ? 'option-picker is-bad' : 'option-picker'}
          aria-haspopup="listbox"
          aria-expanded={opened}
          aria-label={`${label}: ${shown}`}
          aria-busy={state.loading}
          title={state.error ?? shown}
          onClick={toggle}
          onKeyDown={(event) => {
            if (opened || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
            event.preventDefault();
            toggle();
          }}
        >
          <span class="option-picker-text">{shown}</span>
          <Icon name={state.error ? 'warning' : 'chevronDown'} size={12} />
        </button>
      )}
    >
      {(close) => <OptionList label={label} state={state} onChoose={onChoose} close={close} />}
    </Popover>
  );
}
