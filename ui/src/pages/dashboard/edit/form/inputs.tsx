import './inputs.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { IconButton } from '../../../../components/button';
import { Icon } from '../../../../components/icon';
import { Floating } from './floating';
import { text } from './text';

/** A label, a control, and what there is to say about it. */
export function FormRow({
  label,
  help,
  htmlFor,
  children,
}: {
  label: string;
  help?: string;
  htmlFor?: string;
  children: ComponentChildren;
}) {
  return (
    <div class="opt-row">
      <span class="opt-row-label">
        <label class="field-label" for={htmlFor}>
          {label}
        </label>
        {help && <Help>{help}</Help>}
      </span>
      {children}
    </div>
  );
}

/** An explanation that opens on demand. */
export function Help({ children }: { children: ComponentChildren }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const isOpen = useSignal(false);
  return (
    <span ref={anchor} class="help">
      <button
        type="button"
        class="help-button"
        aria-label={text.value.explain}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
        onBlur={() => {
          isOpen.value = false;
        }}
      >
        <Icon name="info" size={12} />
      </button>
      {isOpen.value && (
        <Floating
          anchor={anchor}
          onClose={() => {
            isOpen.value = false;
          }}
        >
          <p class="help-text" role="note">
            {children}
          </p>
        </Floating>
      )}
    </span>
  );
}

export function Switch({
  label,
  value,
  onChange,
  help,
}: {
  label: string;
  value: boolean;
  onChange(value: boolean): void;
  help?: string;
}) {
  const id = useId();
  return (
    <div class="opt-switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        class="switch"
        checked={value}
        aria-checked={value}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {help && <Help>{help}</Help>}
    </div>
  );
}

export type TextInputProps = {
  label: string;
  hideLabel?: boolean;
  value: string;
  onChange(value: string): void;
  placeholder?: string;
  help?: string;
  error?: string;
  multiline?: boolean;
  rows?: number;
  list?: readonly string[];
};

/**
 * Text that counts when it is finished: on Enter or when the field is left, so
 * that a word is one step to undo. Waiting half a second counts as well, for
 * the preview.
 */
export function TextInput(props: TextInputProps) {
  const { label, hideLabel, value, onChange, placeholder, help, error, multiline, rows = 3, list } = props;
  const id = useId();
  const draft = useDraft(value, onChange);
  const common = {
    id,
    value: draft.text,
    placeholder,
    spellcheck: multiline === true,
    autocomplete: 'off',
    'aria-invalid': error ? true : undefined,
    onBlur: draft.finish,
  };
  return (
    <div class="field opt-text">
      <span class={hideLabel ? 'visually-hidden' : 'opt-row-label'}>
        <label class="field-label" for={id}>
          {label}
        </label>
        {help && <Help>{help}</Help>}
      </span>
      {multiline ? (
        <textarea
          {...common}
          class="opt-area"
          rows={rows}
          onInput={(event) => draft.type(event.currentTarget.value)}
        />
      ) : (
        <span class={error ? 'field-box is-invalid' : 'field-box'}>
          <input
            {...common}
            type="text"
            list={list ? `${id}-list` : undefined}
            onInput={(event) => draft.type(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.isComposing) draft.finish();
            }}
          />
          {list && (
            <datalist id={`${id}-list`}>
              {list.map((entry) => (
                <option key={entry} value={entry} />
              ))}
            </datalist>
          )}
        </span>
      )}
      {error && <span class="field-error">{error}</span>}
    </div>
  );
}

function useDraft(value: string, onChange: (value: string) => void) {
  const draft = useSignal<string | null>(null);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const commit = () => {
    clearTimeout(timer.current);
    const written = draft.peek();
    if (written !== null && written !== latest.current.value) latest.current.onChange(written);
  };
  // What is written when the form goes away is not lost.
  useEffect(() => commit, []);
  return {
    text: draft.value ?? value,
    type: (written: string) => {
      draft.value = written;
      clearTimeout(timer.current);
      timer.current = setTimeout(commit, 500);
    },
    finish: () => {
      commit();
      draft.value = null;
    },
  };
}

export type NumberInputProps = {
  label: string;
  hideLabel?: boolean;
  value: number | null | undefined;
  /** `undefined`: the field is empty. */
  onChange(value: number | undefined): void;
  min?: number;
  max?: number;
  step?: number;
  integer?: boolean;
  placeholder?: string;
  help?: string;
};

export function NumberInput(props: NumberInputProps) {
  const { label, hideLabel, value, onChange, min, max, step, integer, placeholder, help } = props;
  const shown = value === null || value === undefined || Number.isNaN(value) ? '' : String(value);
  const problem = (written: string): string | undefined => {
    if (written.trim() === '') return undefined;
    const number = Number(written);
    if (!Number.isFinite(number) || (integer && !Number.isInteger(number))) return text.value.notNumber;
    if (min !== undefined && number < min) return text.value.atLeast(String(min));
    if (max !== undefined && number > max) return text.value.atMost(String(max));
    return undefined;
  };
  const error = useSignal<string | undefined>(undefined);
  return (
    <div class="opt-number">
      <TextInput
        label={label}
        hideLabel={hideLabel}
        value={shown}
        placeholder={placeholder}
        help={help}
        error={error.value}
        list={undefined}
        onChange={(written) => {
          error.value = problem(written);
          if (error.peek()) return;
          onChange(written.trim() === '' ? undefined : Number(written));
        }}
      />
      {step !== undefined && (
        <span class="opt-number-steps">
          <IconButton
            icon="minus"
            label={text.value.less(label)}
            onClick={() => onChange(Math.max(min ?? Number.NEGATIVE_INFINITY, (value ?? 0) - step))}
          />
          <IconButton
            icon="plus"
            label={text.value.moreOf(label)}
            onClick={() => onChange(Math.min(max ?? Number.POSITIVE_INFINITY, (value ?? 0) + step))}
          />
        </span>
      )}
    </div>
  );
}

export function Slider(props: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  help?: string;
  onChange(value: number): void;
}) {
  const id = useId();
  const dragged = useSignal<number | null>(null);
  return (
    <FormRow label={props.label} help={props.help} htmlFor={id}>
      <span class="opt-slider">
        <input
          id={id}
          type="range"
          min={props.min}
          max={props.max}
          step={props.step}
          value={dragged.value ?? props.value}
          onInput={(event) => {
            dragged.value = event.currentTarget.valueAsNumber;
          }}
          onChange={(event) => {
            props.onChange(event.currentTarget.valueAsNumber);
            dragged.value = null;
          }}
        />
        <output for={id}>{dragged.value ?? props.value}</output>
      </span>
    </FormRow>
  );
}
