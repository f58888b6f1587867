import './kind-picker.css';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { TextField } from '../../../../components/field';
import { Icon } from '../../../../components/icon';
import { panelKind, panelKinds } from '../../../../panels/registry';
import { inLanguage } from '../form/in-language';

import { text } from './text';

/** The name of a kind of panel, also of one that is not known. */
export function kindName(type: string): string {
  const kind = panelKind(type);
  return kind ? inLanguage(kind.name) : text.value.unknownKind(type);
}

/** All kinds of panels, found by name. */
export function KindList({ value, onChoose }: { value?: string; onChoose(type: string): void }) {
  const typed = useSignal('');
  const field = useRef<HTMLInputElement>(null);
  const words = typed.value.toLowerCase();
  const found = panelKinds.filter(({ type, name }) =>
    `${type} ${name.join(' ')}`.toLowerCase().includes(words),
  );
  return (
    <div class="kind-list">
      <TextField
        label={text.value.searchKinds}
        hideLabel
        type="search"
        icon="search"
        placeholder={text.value.searchKinds}
        inputRef={field}
        value={typed.value}
        onInput={(written) => {
          typed.value = written;
        }}
      />
      <ul class="kind-grid" aria-label={text.value.visualization}>
        {found.map(({ type, name, icon }) => (
          <li key={type}>
            <button type="button" class="kind" aria-pressed={type === value} onClick={() => onChoose(type)}>
              <span class="kind-icon">
                <Icon name={icon} size={24} />
              </span>
              {inLanguage(name)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The kind of a panel, and the list behind it. */
export function KindPicker({ value, onChange }: { value: string; onChange(type: string): void }) {
  const isOpen = useSignal(false);
  const kind = panelKind(value);
  return (
    <div class="kind-picker">
      <button
        type="button"
        class="kind-current"
        aria-label={`${text.value.changeKind}: ${kindName(value)}`}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={kind?.icon ?? 'info'} />
        <span>{kindName(value)}</span>
        <Icon name="chevronDown" />
      </button>
      {isOpen.value && (
        <KindList
          value={value}
          onChoose={(type) => {
            isOpen.value = false;
            if (type !== value) onChange(type);
          }}
        />
      )}
    </div>
  );
}
