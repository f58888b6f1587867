import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { Floating } from '../floating';
import type { Column, SortKey } from './table-model';
import { text } from './text';

export type HeaderProps = {
  column: Column;
  width: number;
  sorts: readonly SortKey[];
  filter: ReadonlySet<string> | undefined;
  choices(): string[];
  onSort(adds: boolean): void;
  onFilter(filter: ReadonlySet<string> | undefined): void;
  /** While the edge is dragged, and once more when it is let go. */
  onResize(width: number, isDone: boolean): void;
};

export function HeaderCell(props: HeaderProps) {
  const { column, width, sorts, filter, onSort } = props;
  const at = sorts.findIndex(({ name }) => name === column.name);
  const sort = sorts[at];
  const direction = sort ? (sort.isDescending ? 'descending' : 'ascending') : 'none';
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div
      role="columnheader"
      aria-sort={direction}
      class={`table-header-cell is-${column.align}`}
      style={{ width: `${width}px` }}
    >
      <button
        type="button"
        class={column.options.wrapHeaderText ? 'table-header-name is-wrapped' : 'table-header-name'}
        title={column.field.config.description || column.name}
        onClick={(event) => onSort(event.shiftKey)}
      >
        <span>{column.name}</span>
        {sort && <Icon name={sort.isDescending ? 'down' : 'up'} size={12} />}
        {sort && sorts.length > 1 && <sub>{at + 1}</sub>}
      </button>
      {column.options.filterable && <FilterMenu {...props} filter={filter} />}
      <Resizer {...props} />
    </div>
  );
}

const shownChoices = 200;

function FilterMenu({ column, filter, choices, onFilter }: HeaderProps) {
  const search = useSignal('');
  return (
    <Floating
      label={text.value.filter(column.name)}
      trigger={({ isOpen, toggle }) => (
        <button
          type="button"
          class={filter ? 'table-filter is-active' : 'table-filter'}
          aria-label={text.value.filter(column.name)}
          aria-expanded={isOpen}
          onClick={toggle}
        >
          <Icon name="filter" size={12} />
        </button>
      )}
    >
      {(close) => {
        const all = choices();
        const wanted = search.value.toLowerCase();
        const found = all.filter((choice) => choice.toLowerCase().includes(wanted));
        const toggle = (choice: string, isOn: boolean) => {
          const next = new Set(filter ?? all);
          if (isOn) next.add(choice);
          else next.delete(choice);
          onFilter(next.size === all.length ? undefined : next);
        };
        const allFound = found.every((choice) => filter?.has(choice) ?? true);
        return (
          <div class="table-filter-menu">
            <input
              type="search"
              aria-label={text.value.search}
              placeholder={text.value.search}
              value={search.value}
              onInput={(event) => {
                search.value = event.currentTarget.value;
              }}
            />
            <label class="table-filter-choice">
              <input
                type="checkbox"
                checked={allFound}
                onChange={() => {
                  const next = new Set(filter ?? all);
                  for (const choice of found) {
                    if (allFound) next.delete(choice);
                    else next.add(choice);
                  }
                  onFilter(next.size === all.length ? undefined : next);
                }}
              />
              {text.value.all}
            </label>
            <ul>
              {found.slice(0, shownChoices).map((choice) => (
                <li key={choice}>
                  <label class="table-filter-choice">
                    <input
                      type="checkbox"
                      checked={filter?.has(choice) ?? true}
                      onChange={(event) => toggle(choice, event.currentTarget.checked)}
                    />
                    {choice || '–'}
                  </label>
                </li>
              ))}
            </ul>
            {found.length > shownChoices && <p>{text.value.more(found.length - shownChoices)}</p>}
            <button
              type="button"
              class="button is-quiet"
              disabled={!filter}
              onClick={() => {
                onFilter(undefined);
                close();
              }}
            >
              {text.value.clear}
            </button>
          </div>
        );
      }}
    </Floating>
  );
}

function Resizer({ column, width, onResize }: HeaderProps) {
  const start = useRef<{ x: number; width: number } | null>(null);
  const latest = useRef(width);
  useEffect(() => {
    latest.current = width;
  }, [width]);
  return (
    <div
      class="table-resizer"
      role="separator"
      aria-orientation="vertical"
      aria-label={text.value.resize(column.name)}
      aria-valuenow={Math.round(width)}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current) onResize(start.current.width + event.clientX - start.current.x, false);
      }}
      onPointerUp={() => {
        if (start.current) onResize(latest.current, true);
        start.current = null;
      }}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 16 : event.key === 'ArrowLeft' ? -16 : 0;
        if (step === 0) return;
        event.preventDefault();
        onResize(width + step, true);
      }}
    />
  );
}
