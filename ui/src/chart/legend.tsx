import './legend.css';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { text } from '../i18n/text';

/** One series in a legend. */
export type LegendItem = {
  /** Its identity across refreshes. */
  id: string;
  label: string;
  color: string;
  isDashed?: boolean;
  /** Has its axis on the right. */
  isRight?: boolean;
  values: readonly LegendValue[];
};

/** A calculation over the series. NaN sorts below every number. */
export type LegendValue = { id: string; title: string; text: string; number: number };

export type LegendSort = { by: string; descending: boolean };

export type LegendProps = {
  items: readonly LegendItem[];
  layout: 'list' | 'table';
  hidden: ReadonlySet<string>;
  initialSort?: LegendSort | null;
  /** Entries to begin with; more come as it is scrolled. */
  rowsAtFirst?: number;
  onHiddenChange(hidden: ReadonlySet<string>): void;
  onHighlight(id: string | null): void;
};

/** What a person scrolls to is added by this many. */
const rowsAtOnce = 40;

/** Room that is left below before more is added, so that a scroll never stops short. */
const scrollAheadPixels = 60;

export function Legend(props: LegendProps) {
  const { items, hidden, onHiddenChange } = props;
  const choose = (id: string, isToggle: boolean) => onHiddenChange(chooseSeries(items, hidden, id, isToggle));
  return props.layout === 'table' ? (
    <LegendTable {...props} choose={choose} />
  ) : (
    <LegendList {...props} choose={choose} />
  );
}

/** What a click on a legend entry hides: alone shows only that one, again shows all; a toggle hides one more. */
export function chooseSeries(
  items: readonly Pick<LegendItem, 'id'>[],
  hidden: ReadonlySet<string>,
  id: string,
  isToggle: boolean,
): ReadonlySet<string> {
  const others = items.filter((one) => one.id !== id).map((one) => one.id);
  if (!isToggle) {
    const isAlone = !hidden.has(id) && others.every((other) => hidden.has(other));
    return new Set(isAlone ? [] : others);
  }
  const next = new Set(hidden);
  if (!next.delete(id)) next.add(id);
  // Hiding the last one would leave an empty chart.
  return items.every((one) => next.has(one.id)) ? new Set() : next;
}

type PartProps = LegendProps & { choose(id: string, isToggle: boolean): void };

function entryProps({ hidden, choose, onHighlight }: PartProps, { id, label }: LegendItem) {
  const highlight = () => onHighlight(hidden.has(id) ? null : id);
  const release = () => onHighlight(null);
  return {
    type: 'button' as const,
    title: `${label}\n${text.value.chart.legendHint}`,
    'aria-pressed': !hidden.has(id),
    onClick: (event: MouseEvent) => choose(id, event.ctrlKey || event.metaKey || event.shiftKey),
    onMouseEnter: highlight,
    onMouseLeave: release,
    onFocus: highlight,
    onBlur: release,
  };
}

function Mark({ color, isDashed }: LegendItem) {
  return <span class={isDashed ? 'legend-mark is-reference' : 'legend-mark'} style={{ '--mark': color }} />;
}

/** How many entries are there so far: long legends grow while they are scrolled. */
function useGrowing(count: number, rowsAtFirst = rowsAtOnce) {
  const limit = useSignal(rowsAtFirst);
  const onScroll = (event: Event) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget as HTMLElement;
    if (limit.value < count && scrollTop + clientHeight > scrollHeight - scrollAheadPixels)
      limit.value += rowsAtOnce;
  };
  return { limit: Math.max(limit.value, rowsAtFirst), onScroll };
}

function LegendList(props: PartProps) {
  const { items, hidden } = props;
  const { limit, onScroll } = useGrowing(items.length, props.rowsAtFirst);
  return (
    <ul class="legend-list" aria-label={text.value.chart.legend} onScroll={onScroll}>
      {items.slice(0, limit).map((item) => (
        <li key={item.id} class={hidden.has(item.id) ? 'is-hidden' : undefined}>
          <button class="legend-entry" {...entryProps(props, item)}>
            <Mark {...item} />
            <span class="legend-name">{item.label}</span>
            {item.values.map(({ id, title, text: value }) => (
              <span key={id} class="legend-value" title={title}>
                {item.values.length > 1 ? `${title}: ${value}` : value}
              </span>
            ))}
            {item.isRight && <span class="legend-side">{text.value.chart.rightAxis}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What the column of names is called where it is sorted by. */
const nameColumn = 'name';

function LegendTable(props: PartProps) {
  const { items, hidden, initialSort } = props;
  const chosen = useSignal<LegendSort | null | undefined>(undefined);
  const sort = chosen.value === undefined ? (initialSort ?? null) : chosen.value;
  const sorted = useMemo(() => sortItems(items, sort), [items, sort]);
  const { limit, onScroll } = useGrowing(items.length, props.rowsAtFirst);
  const sortBy = (by: string) => {
    const startsDescending = by !== nameColumn;
    if (sort?.by !== by) chosen.value = { by, descending: startsDescending };
    else if (sort.descending === startsDescending) chosen.value = { by, descending: !startsDescending };
    else chosen.value = null;
  };
  const header = (by: string, label: string) => {
    const direction = sort?.by === by ? (sort.descending ? 'descending' : 'ascending') : 'none';
    return (
      <th key={by} scope="col" aria-sort={direction} class={by === nameColumn ? undefined : 'is-number'}>
        <button type="button" onClick={() => sortBy(by)}>
          {label}
          <span class="legend-sort" aria-hidden="true">
            {direction === 'none' ? '' : direction === 'descending' ? '↓' : '↑'}
          </span>
        </button>
      </th>
    );
  };
  return (
    <div class="legend-scroll" onScroll={onScroll}>
      <table class="legend-table" aria-label={text.value.chart.legend} aria-rowcount={items.length + 1}>
        <thead>
          <tr>
            {header(nameColumn, text.value.chart.name)}
            {items[0]?.values.map(({ id, title }) => header(id, title))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, limit).map((item) => (
            <tr key={item.id} class={hidden.has(item.id) ? 'is-hidden' : undefined}>
              <td>
                <button class="legend-entry" {...entryProps(props, item)}>
                  <Mark {...item} />
                  <span class="legend-name">{item.label}</span>
                  {item.isRight && <span class="legend-side">{text.value.chart.rightAxis}</span>}
                </button>
              </td>
              {item.values.map(({ id, text: value }) => (
                <td key={id} class="is-number">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sortItems(items: readonly LegendItem[], sort: LegendSort | null): readonly LegendItem[] {
  if (!sort) return items;
  const { by, descending } = sort;
  const numberOf = (item: LegendItem) => item.values.find(({ id }) => id === by)?.number ?? Number.NaN;
  return [...items].sort((a, b) => {
    const order =
      by === nameColumn
        ? a.label.localeCompare(b.label, undefined, { numeric: true })
        : compareNumbers(numberOf(a), numberOf(b));
    return descending ? -order : order;
  });
}

/** Missing values sort below every number. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}
