import './option-list.css';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Icon } from '../components/icon';
import { asList } from './choose';
import type { OptionPickerProps } from './option-picker';
import type { Option } from './options';
import { offered, toggled, visibleRows } from './selection';
import { text } from './text';

const rowHeight = 28;
const listHeight = 280;

/** The choices of a variable, with a search; thousands of them are no burden. */
export function OptionList({ label, state, onChoose, close }: OptionPickerProps & { close(): void }) {
  const { variable, options, value, error } = state;
  const isMulti = Boolean(variable.multi);
  const search = useSignal('');
  const active = useSignal(0);
  const scrollTop = useSignal(0);
  const chosen = useSignal<readonly string[]>(asList(value));
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const before = useRef(JSON.stringify(asList(value)));
  // However the list closes, what was chosen of several counts.
  const commit = useRef(() => {});
  commit.current = () => {
    if (isMulti && JSON.stringify(chosen.peek()) !== before.current) onChoose([...chosen.peek()]);
    before.current = JSON.stringify(chosen.peek());
  };
  useEffect(() => () => commit.current(), []);

  const mayBeCustom = variable.allowCustomValue !== false && variable.type !== 'datasource';
  const rows = useMemo(
    () => offered(options, Boolean(variable.includeAll), search.value, mayBeCustom),
    [options, variable, search.value],
  );
  useLayoutEffect(() => {
    const at = rows.findIndex((row) => chosen.peek().includes(row.value));
    active.value = Math.max(0, at);
    if (at > 5 && list.current) list.current.scrollTop = (at - 3) * rowHeight;
    // Focusing a field would bring up the keyboard of a phone.
    if (!matchMedia('(pointer: coarse)').matches) field.current?.focus({ preventScroll: true });
  }, []);

  const take = (option: Option | undefined) => {
    if (!option) return;
    if (isMulti) {
      chosen.value = toggled(chosen.peek(), option.value);
      return;
    }
    if (option.value !== asList(value)[0]) onChoose(option.value);
    close();
  };
  const move = (index: number) => {
    if (rows.length === 0) return;
    const next = Math.max(0, Math.min(rows.length - 1, index));
    active.value = next;
    const box = list.current!;
    const top = next * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + rowHeight - box.clientHeight;
    scrollTop.value = box.scrollTop;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const page = Math.floor(listHeight / rowHeight);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) move(active.peek() + step);
    else if (event.key === 'Home' && event.ctrlKey) move(0);
    else if (event.key === 'End' && event.ctrlKey) move(rows.length - 1);
    else if (event.key === 'Enter') take(rows[active.peek()]);
    else return;
    event.preventDefault();
  };
  const { first, last } = visibleRows(rows.length, rowHeight, scrollTop.value, listHeight);
  const id = `options-${variable.name}`;
  return (
    <div class="option-list">
      <input
        type="text"
        ref={field}
        class="option-list-search"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={rows.length > 0 ? `${id}-${active.value}` : undefined}
        aria-label={text.value.searchIn(label)}
        placeholder={text.value.search}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => {
          search.value = event.currentTarget.value;
          active.value = 0;
          scrollTop.value = 0;
          if (list.current) list.current.scrollTop = 0;
        }}
        onKeyDown={onKeyDown}
      />
      {error && <p class="option-list-error">{error}</p>}
      <div
        class="option-list-rows"
        ref={list}
        id={id}
        role="listbox"
        aria-label={label}
        aria-multiselectable={isMulti}
        tabIndex={-1}
        style={{ maxHeight: `${listHeight}px` }}
        onScroll={(event) => {
          scrollTop.value = event.currentTarget.scrollTop;
        }}
      >
        <div role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
          {rows.slice(first, last).map((row, offset) => {
            const index = first + offset;
            const isChosen = chosen.value.includes(row.value);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the search field's
              // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search field
              <div
                key={row.value}
                id={`${id}-${index}`}
                class={index === active.value ? 'option-list-row is-active' : 'option-list-row'}
                role="option"
                aria-selected={isChosen}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                style={{ top: `${index * rowHeight}px` }}
                onPointerMove={() => {
                  active.value = index;
                }}
                onClick={() => take(row)}
              >
                {isMulti && (
                  <span class="option-list-box">{isChosen && <Icon name="check" size={12} />}</span>
                )}
                <span class="option-list-text" title={row.text}>
                  {row.text}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <p class="option-list-empty">{text.value.nothing}</p>}
      {isMulti && (
        <div class="option-list-foot">
          <span>{text.value.chosen(chosen.value.length)}</span>
          <button
            type="button"
            class="button is-quiet"
            onClick={() => {
              chosen.value = [];
            }}
          >
            {text.value.clear}
          </button>
          <button type="button" class="button is-default" onClick={close}>
            {text.value.done}
          </button>
        </div>
      )}
    </div>
  );
}
