import './form.css';
import type { ComponentChildren, TargetedSubmitEvent } from 'preact';

export type FormProps = {
  /** The accessible name. */
  label: string;
  onSubmit(): void;
  children: ComponentChildren;
  wide?: boolean;
};

/** Fields one below the other. Enter submits; nothing leaves the page by itself. */
export function Form({ label, onSubmit, children, wide }: FormProps) {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form class={wide ? 'form is-wide' : 'form'} aria-label={label} onSubmit={submit}>
      {children}
    </form>
  );
}

export type CheckboxProps = {
  label: string;
  checked: boolean;
  onChange(checked: boolean): void;
  disabled?: boolean;
};

export function Checkbox({ label, checked, onChange, disabled }: CheckboxProps) {
  return (
    <label class="form-check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
