import './field.css';
import type { ComponentChildren, Ref } from 'preact';
import { Icon, type IconName } from './icon';

export type TextFieldProps = {
  /** The accessible name; shown above unless `hideLabel`. */
  label: string;
  hideLabel?: boolean;
  value: string;
  onInput(value: string): void;
  icon?: IconName;
  placeholder?: string;
  error?: string;
  type?: 'text' | 'search';
  inputRef?: Ref<HTMLInputElement>;
};

export function TextField(props: TextFieldProps) {
  const { label, hideLabel, value, onInput, icon, placeholder, error, type, inputRef } = props;
  return (
    <label class="field">
      <span class={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</span>
      <span class={error ? 'field-box is-invalid' : 'field-box'}>
        {icon && <Icon name={icon} />}
        <input
          role={type === 'search' ? 'searchbox' : undefined}
          type="text"
          ref={inputRef}
          value={value}
          placeholder={placeholder}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={error ? true : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </span>
      {error && <span class="field-error">{error}</span>}
    </label>
  );
}

export type SelectProps<T extends string> = {
  label: string;
  hideLabel?: boolean;
  value: T;
  choices: readonly { value: T; label: string }[];
  onChange(value: T): void;
  lead?: ComponentChildren;
};

export function Select<T extends string>({
  label,
  hideLabel,
  value,
  choices,
  onChange,
  lead,
}: SelectProps<T>) {
  return (
    <label class="field">
      <span class={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</span>
      <span class="field-box is-select">
        {lead}
        <select value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} selected={choice.value === value}>
              {choice.label}
            </option>
          ))}
        </select>
        <Icon name="chevronDown" />
      </span>
    </label>
  );
}
