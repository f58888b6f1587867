import { useSignal } from '@preact/signals';
import type { Ref } from 'preact';
import { IconButton } from './button';

export type PasswordFieldProps = {
  label: string;
  value: string;
  onInput(value: string): void;
  /** What the button at the end does: `Show the password`. */
  showLabel: string;
  hideLabel: string;
  /** What a password manager should put here. */
  autocomplete: 'current-password' | 'new-password' | 'off';
  error?: string;
  hint?: string;
  placeholder?: string;
  required?: boolean;
  inputRef?: Ref<HTMLInputElement>;
};

/** A secret that is typed: hidden, and shown while the person wants to. */
export function PasswordField(props: PasswordFieldProps) {
  const { label, value, onInput, showLabel, hideLabel, autocomplete, error, hint, placeholder } = props;
  const isShown = useSignal(false);
  return (
    <div class="field">
      <label class="field">
        <span class="field-label">{label}</span>
        <span class={error ? 'field-box is-invalid' : 'field-box'}>
          <input
            type={(isShown.value ? 'text' : 'password') as 'password'}
            aria-label={label}
            ref={props.inputRef}
            value={value}
            required={props.required}
            placeholder={placeholder}
            autocomplete={autocomplete}
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={error ? true : undefined}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
          <IconButton
            icon={isShown.value ? 'eyeOff' : 'eye'}
            label={isShown.value ? hideLabel : showLabel}
            aria-pressed={isShown.value}
            onClick={() => {
              isShown.value = !isShown.peek();
            }}
          />
        </span>
      </label>
      {error && <span class="field-error">{error}</span>}
      {hint && !error && <span class="field-hint">{hint}</span>}
    </div>
  );
}
