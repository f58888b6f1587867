import './graph-panel.css';
import type { ComponentChildren } from 'preact';
import { Legend, type LegendItem, type LegendSort, type LegendValue } from '../chart/legend';
import { formatNumber } from '../format/units';
import { displayOf, displayText } from '../frame/display';
import type { Field } from '../frame/frame';
import { reduceField, reducerOf } from '../frame/reduce';
import { language } from '../i18n/language';
import type { Theme } from '../shell/theme';

/** `options.legend` of panels. */
export type LegendOptions = {
  showLegend?: boolean;
  displayMode?: 'list' | 'table' | 'hidden';
  placement?: 'bottom' | 'right';
  calcs?: string[];
  width?: number;
  sortBy?: string;
  sortDesc?: boolean;
  asTable?: boolean;
};

/** Where a dashboard says nothing there is a legend, as in Grafana. */
export function legendLayout(options: LegendOptions = {}): 'list' | 'table' | null {
  if (options.showLegend === false || options.displayMode === 'hidden') return null;
  if (options.displayMode) return options.displayMode;
  return options.asTable ? 'table' : 'list';
}

/** What a legend says about a field, in the field's unit where the reducer keeps it. */
export function legendValues(
  field: Field,
  calcs: readonly string[],
  options: { timeZone: string; theme: Theme },
): LegendValue[] {
  if (calcs.length === 0) return [];
  const reduced = reduceField(field, calcs);
  const display = displayOf(field, options);
  return calcs.map((id): LegendValue => {
    const value = reduced[id] ?? null;
    const reducer = reducerOf(id);
    const number = typeof value === 'number' ? value : Number.NaN;
    const inUnit = reducer?.keepsUnit !== false;
    const text = inUnit
      ? displayText(display(value))
      : id === 'diffperc' && typeof value === 'number'
        ? `${formatNumber(value)}%`
        : typeof value === 'number'
          ? formatNumber(value)
          : String(value ?? '');
    return { id, title: calcName(id), text, number };
  });
}

function calcName(id: string): string {
  const name = reducerOf(id)?.name;
  return name ? name[language.value === 'ko' ? 1 : 0] : id;
}

/** A legend's values, worked out when they are first read: of a long legend only the rows in sight are. */
export function lazyItem(item: Omit<LegendItem, 'values'>, values: () => readonly LegendValue[]): LegendItem {
  let kept: readonly LegendValue[] | undefined;
  return {
    ...item,
    get values() {
      kept ??= values();
      return kept;
    },
  };
}

/** Dashboards name the column to sort by as Grafana shows it. */
export function legendSort({ sortBy, sortDesc = true, calcs = [] }: LegendOptions): LegendSort | null {
  if (!sortBy) return null;
  if (sortBy === 'Name') return { by: 'name', descending: sortDesc };
  const id = calcs.find((calc) => calc === sortBy || reducerOf(calc)?.name[0] === sortBy);
  return id ? { by: id, descending: sortDesc } : null;
}

export type GraphLayoutProps = {
  width: number;
  height: number;
  options: LegendOptions | undefined;
  items: readonly LegendItem[];
  hidden: ReadonlySet<string>;
  onHiddenChange(hidden: ReadonlySet<string>): void;
  onHighlight(id: string | null): void;
  /** The plot. */
  children: ComponentChildren;
};

/** A plot and its legend beside or below it. What the legend does not need is the plot's. */
export function GraphLayout(props: GraphLayoutProps) {
  const { width, height, options, items, children } = props;
  const layout = legendLayout(options);
  const isRight = options?.placement === 'right' && width >= 400;
  const shows = layout !== null && items.length > 0 && height >= 80;
  const fixed = isRight && options?.width ? { width: `${options.width}px` } : undefined;
  return (
    <div
      class={isRight ? 'graph-panel is-right' : 'graph-panel'}
      style={{ width: `${width}px`, height: `${height}px` }}
    >
      <div class="graph-panel-plot">{children}</div>
      {shows && (
        <div class={`graph-panel-legend is-${layout}`} style={fixed}>
          <Legend
            layout={layout}
            items={items}
            hidden={props.hidden}
            initialSort={options ? legendSort(options) : null}
            // A list breaks its lines where it will: only of a table is it known what fits.
            rowsAtFirst={
              layout === 'table' ? Math.ceil((isRight ? height : height * 0.35) / 20) + 4 : undefined
            }
            onHiddenChange={props.onHiddenChange}
            onHighlight={props.onHighlight}
          />
        </div>
      )}
    </div>
  );
}
