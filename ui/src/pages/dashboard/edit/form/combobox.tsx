import './combobox.css';
import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { Icon } from '../../../../components/icon';
import { Floating } from './floating';
import { text } from './text';

export type Option = { value: string; label?: string; note?: string; group?: string };

export type ComboboxProps = {
  label: string;
  hideLabel?: boolean;
  value: string;
  /** What stands in the field while it is not typed in; the value's label by default. */
  shown?: string;
  options: readonly Option[];
  onChange(value: string): void;
  /** Takes what is typed, also where no option is like it. */
  isFree?: boolean;
  placeholder?: string;
  /** Options are asked for when it opens. */
  onOpen?(): void;
  /** Nothing more can be said than that the options are on their way. */
  loading?: boolean;
  /** Tells options that no typing was needed for from those that the server knows. */
  onSearch?(typed: string): void;
};

const mostShown = 200;

/** The options that have all words of what is typed; those that begin with it come first. */
export function matching(options: readonly Option[], typed: string): Option[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...options];
  const hits = options.filter((option) => {
    const within = `${option.label ?? ''} ${option.value} ${option.group ?? ''}`.toLowerCase();
    return words.every((word) => within.includes(word));
  });
  const begins = (option: Option) =>
    (option.label ?? option.value).toLowerCase().startsWith(words[0]!) ? 0 : 1;
  return hits.sort((a, b) => begins(a) - begins(b));
}

/** One choice out of many, found by typing. */
export function Combobox(props: ComboboxProps) {
  const { label, hideLabel, value, options, onChange, isFree, placeholder, loading } = props;
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);
  const input = useRef<HTMLInputElement>(null);
  // null: closed. What is typed counts from the first key on; before, everything is offered.
  const typed = useSignal<string | null>(null);
  const isTouched = useSignal(false);
  const active = useSignal(-1);

  const chosen = options.find((option) => option.value === value);
  const shown = props.shown ?? chosen?.label ?? value;
  const hits = typed.value === null ? [] : matching(options, isTouched.value ? typed.value : '');
  const offered = hits.slice(0, mostShown);
  const own = typed.value?.trim() ?? '';
  const offersOwn =
    isFree === true && isTouched.value && own !== '' && !offered.some((option) => option.value === own);
  const count = offered.length + (offersOwn ? 1 : 0);

  const open = () => {
    if (typed.peek() !== null) return;
    isTouched.value = false;
    typed.value = shown;
    active.value = options.findIndex((option) => option.value === value);
    props.onOpen?.();
  };
  const close = () => {
    typed.value = null;
  };
  const choose = (next: string) => {
    close();
    if (next !== value) onChange(next);
  };
  const chooseAt = (at: number) => {
    if (offersOwn && at === 0) choose(own);
    else {
      const option = offered[offersOwn ? at - 1 : at];
      if (option) choose(option.value);
    }
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (typed.peek() === null) return open();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      active.value = count === 0 ? -1 : (active.peek() + step + count) % count;
      document.getElementById(`${id}-${active.peek()}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && typed.peek() !== null) {
      event.preventDefault();
      event.stopPropagation();
      if (active.peek() >= 0) chooseAt(active.peek());
      else if (isFree && isTouched.peek()) choose(own);
      else close();
    } else if (event.key === 'Escape' && typed.peek() !== null) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return (
    <span class="field combobox">
      <label class={hideLabel ? 'visually-hidden' : 'field-label'} for={id}>
        {label}
      </label>
      <span class="field-box" ref={box}>
        <input
          id={id}
          ref={input}
          type="text"
          role="combobox"
          aria-expanded={typed.value !== null}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={
            typed.value !== null && active.value >= 0 ? `${id}-${active.value}` : undefined
          }
          value={typed.value ?? shown}
          placeholder={placeholder}
          title={shown}
          autocomplete="off"
          spellcheck={false}
          onFocus={(event) => event.currentTarget.select()}
          onClick={open}
          onInput={(event) => {
            open();
            isTouched.value = true;
            typed.value = event.currentTarget.value;
            active.value = event.currentTarget.value.trim() === '' ? -1 : 0;
            props.onSearch?.(event.currentTarget.value);
          }}
          onBlur={() => {
            if (typed.peek() === null) return;
            // Leaving a field in which something was written means it.
            if (isFree && isTouched.peek()) choose(typed.peek()!.trim());
            else close();
          }}
          onKeyDown={onKeyDown}
        />
        <Icon name="chevronDown" />
      </span>
      {typed.value !== null && (
        <Floating anchor={box} onClose={close} fits>
          <div role="listbox" id={`${id}-list`} aria-label={label} class="combobox-list">
            {offersOwn && (
              <Item
                id={`${id}-0`}
                isActive={active.value === 0}
                isChosen={false}
                onChoose={() => choose(own)}
              >
                {text.value.use(own)}
              </Item>
            )}
            {offered.map((option, at) => {
              const place = at + (offersOwn ? 1 : 0);
              const isFirstOfGroup = option.group && option.group !== offered[at - 1]?.group;
              return (
                <>
                  {isFirstOfGroup && !own.length && <div class="combobox-group">{option.group}</div>}
                  {isFirstOfGroup && own.length > 0 && !isTouched.value && (
                    <div class="combobox-group">{option.group}</div>
                  )}
                  <Item
                    key={option.value}
                    id={`${id}-${place}`}
                    isActive={active.value === place}
                    isChosen={option.value === value}
                    onChoose={() => choose(option.value)}
                  >
                    <span class="combobox-label">{option.label ?? option.value}</span>
                    {option.note && <span class="choice-note">{option.note}</span>}
                  </Item>
                </>
              );
            })}
            {count === 0 && (
              <div class="combobox-none">{loading ? text.value.loading : text.value.nothing}</div>
            )}
            {hits.length > offered.length && (
              <div class="combobox-none">{text.value.more(hits.length - offered.length)}</div>
            )}
          </div>
        </Floating>
      )}
    </span>
  );
}

function Item(props: {
  id: string;
  isActive: boolean;
  isChosen: boolean;
  onChoose(): void;
  children: preact.ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field that has the focus takes the keys
    <div
      role="option"
      id={props.id}
      tabIndex={-1}
      aria-selected={props.isActive}
      class={props.isChosen ? 'combobox-item is-chosen' : 'combobox-item'}
      // The field must keep the focus until the choice is made.
      onPointerDown={(event) => event.preventDefault()}
      onClick={props.onChoose}
    >
      {props.children}
    </div>
  );
}

export type MultiComboboxProps = Omit<ComboboxProps, 'value' | 'onChange' | 'shown'> & {
  values: readonly string[];
  onChange(values: string[]): void;
};

/** Several choices: each a chip with a button that takes it away, and a field for more. */
export function MultiCombobox({ values, onChange, options, ...rest }: MultiComboboxProps) {
  const labelOf = (value: string) => options.find((option) => option.value === value)?.label ?? value;
  return (
    <span class="multi-combobox">
      <Combobox
        {...rest}
        value=""
        options={options.filter((option) => !values.includes(option.value))}
        onChange={(value) => {
          if (value !== '' && !values.includes(value)) onChange([...values, value]);
        }}
      />
      {values.length > 0 && (
        <span class="multi-combobox-chips">
          {values.map((value) => (
            <span key={value} class="chip">
              <span class="chip-text" title={labelOf(value)}>
                {labelOf(value)}
              </span>
              <button
                type="button"
                class="chip-remove"
                aria-label={text.value.remove(labelOf(value))}
                onClick={() => onChange(values.filter((other) => other !== value))}
              >
                <Icon name="close" size={12} />
              </button>
            </span>
          ))}
        </span>
      )}
    </span>
  );
}
