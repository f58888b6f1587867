import './legend.css';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { formatValue } from '../format/units';
import { text } from '../i18n/text';
import type { Theme } from '../shell/theme';
import { type Calculation, type ChartModel, type ChartSeries, summarize } from './model';
import { seriesColor } from './palette';

export type LegendProps = Pick<ChartModel, 'series' | 'unit' | 'decimals' | 'mode'> & {
  layout: 'list' | 'table';
  calculations: readonly Calculation[];
  theme: Theme;
  hidden: ReadonlySet<string>;
  onHiddenChange(hidden: ReadonlySet<string>): void;
  onHighlight(name: string | null): void;
};

export function Legend(props: LegendProps) {
  const { series, hidden, onHiddenChange } = props;
  const choose = (name: string, isToggle: boolean) => {
    onHiddenChange(chooseSeries(series, hidden, name, isToggle));
  };
  return props.layout === 'table' ? (
    <LegendTable {...props} choose={choose} />
  ) : (
    <LegendList {...props} choose={choose} />
  );
}

/** What a click on a legend entry hides: alone shows only that one, again shows all; a toggle hides one more. */
export function chooseSeries(
  series: readonly Pick<ChartSeries, 'name'>[],
  hidden: ReadonlySet<string>,
  name: string,
  isToggle: boolean,
): ReadonlySet<string> {
  const others = series.filter((one) => one.name !== name).map((one) => one.name);
  if (!isToggle) {
    const isAlone = !hidden.has(name) && others.every((other) => hidden.has(other));
    return new Set(isAlone ? [] : others);
  }
  const next = new Set(hidden);
  if (!next.delete(name)) next.add(name);
  // Hiding the last one would leave an empty chart.
  return series.every((one) => next.has(one.name)) ? new Set() : next;
}

type PartProps = LegendProps & { choose(name: string, isToggle: boolean): void };

function entryProps({ hidden, choose, onHighlight }: PartProps, name: string) {
  return {
    type: 'button' as const,
    title: `${name}\n${text.value.chart.legendHint}`,
    'aria-pressed': !hidden.has(name),
    onClick: (event: MouseEvent) => choose(name, event.ctrlKey || event.metaKey),
    onMouseEnter: () => onHighlight(hidden.has(name) ? null : name),
    onMouseLeave: () => onHighlight(null),
    onFocus: () => onHighlight(hidden.has(name) ? null : name),
    onBlur: () => onHighlight(null),
  };
}

function markColor({ color }: ChartSeries, index: number, theme: Theme): string {
  const chosen = color ?? index;
  return typeof chosen === 'number' ? seriesColor(chosen, theme) : chosen;
}

function LegendList(props: PartProps) {
  const { series, hidden, unit, decimals, calculations, theme, mode } = props;
  const entries = series.map((one, index) => ({ one, index }));
  // A stack is read from its top.
  if (mode === 'stacked') entries.reverse();
  return (
    <ul class="legend-list" aria-label={text.value.chart.legend}>
      {entries.map(({ one, index }) => {
        const summary = calculations.length > 0 ? summarize(one.values) : null;
        return (
          <li key={one.name} class={hidden.has(one.name) ? 'is-hidden' : undefined}>
            <button class="legend-entry" {...entryProps(props, one.name)}>
              <span
                class={one.reference ? 'legend-mark is-reference' : 'legend-mark'}
                style={{ '--mark': markColor(one, index, theme) }}
              />
              <span class="legend-name">{one.name}</span>
              {summary &&
                calculations.map((calculation) => (
                  <span key={calculation} class="legend-value">
                    {formatValue(summary[calculation], unit, decimals)}
                  </span>
                ))}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

type Sort = { by: Calculation | 'name'; descending: boolean };

function LegendTable(props: PartProps) {
  const { series, hidden, unit, decimals, calculations, theme } = props;
  const sort = useSignal<Sort | null>(null);
  const rows = useMemo(
    () => series.map((one, index) => ({ one, index, summary: summarize(one.values) })),
    [series],
  );
  const sorted = [...rows];
  if (sort.value) {
    const { by, descending } = sort.value;
    sorted.sort((a, b) => {
      const order =
        by === 'name'
          ? a.one.name.localeCompare(b.one.name, undefined, { numeric: true })
          : compareNumbers(a.summary[by], b.summary[by]);
      return descending ? -order : order;
    });
  }
  const sortBy = (by: Sort['by']) => {
    const current = sort.value;
    if (current?.by !== by) sort.value = { by, descending: by !== 'name' };
    else sort.value = current.descending === (by !== 'name') ? { by, descending: !current.descending } : null;
  };
  const header = (by: Sort['by'], label: string) => {
    const direction = sort.value?.by === by ? (sort.value.descending ? 'descending' : 'ascending') : 'none';
    return (
      <th key={by} scope="col" aria-sort={direction} class={by === 'name' ? undefined : 'is-number'}>
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
    <div class="legend-scroll">
      <table class="legend-table" aria-label={text.value.chart.legend}>
        <thead>
          <tr>
            {header('name', text.value.chart.name)}
            {calculations.map((calculation) => header(calculation, text.value.chart[calculation]))}
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ one, index, summary }) => (
            <tr key={one.name} class={hidden.has(one.name) ? 'is-hidden' : undefined}>
              <td>
                <button class="legend-entry" {...entryProps(props, one.name)}>
                  <span class="legend-mark" style={{ '--mark': markColor(one, index, theme) }} />
                  <span class="legend-name">{one.name}</span>
                </button>
              </td>
              {calculations.map((calculation) => (
                <td key={calculation} class="is-number">
                  {formatValue(summary[calculation], unit, decimals)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Missing values sort below every number. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}
