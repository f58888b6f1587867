import './table.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { Dialog } from '../../components/dialog';
import type { Panel } from '../../dashboard/model';
import { cellOf } from '../../frame/columns';
import type { Frame } from '../../frame/frame';
import type { LinkContext } from '../../frame/links';
import { displayName } from '../../frame/names';
import { theme } from '../../shell/theme';
import { textWidth } from '../fit-text';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { backgroundOf, Cell } from './cell';
import { HeaderCell } from './header';
import {
  type Column,
  columnsOf,
  columnWidths,
  type Filters,
  type FooterOptions,
  filterChoices,
  footerTexts,
  nextSort,
  type SortKey,
  shownRows,
} from './table-model';
import { text } from './text';

export type TableOptions = {
  frameIndex?: number;
  showHeader?: boolean;
  cellHeight?: 'sm' | 'md' | 'lg';
  sortBy?: { displayName: string; desc?: boolean }[];
  footer?: FooterOptions;
  enablePagination?: boolean;
};

const rowHeights = { sm: 32, md: 40, lg: 52 };
const headerHeight = 32;
const barHeight = 36;
/** Rows beyond what is seen, above and below. */
const overscan = 6;

export function TablePanel(props: PanelProps) {
  const { frames, height, panel } = props;
  const options = (panel.options ?? {}) as TableOptions;
  const chosen = useSignal<number | null>(null);
  const filled = frames.filter(({ fields }) => fields.length > 0);
  if (filled.length === 0) return <NoData>{panel.fieldConfig?.defaults?.noValue}</NoData>;
  const index = Math.min(chosen.value ?? options.frameIndex ?? 0, filled.length - 1);
  const frame = filled[index]!;
  const hasChoice = filled.length > 1;
  return (
    <div class="table-panel" style={{ height: `${height}px` }}>
      <Table {...props} key={index} frame={frame} height={height - (hasChoice ? barHeight : 0)} />
      {hasChoice && (
        <div class="table-frames" style={{ height: `${barHeight}px` }}>
          <select
            aria-label={text.value.frame}
            value={index}
            onChange={(event) => {
              chosen.value = Number(event.currentTarget.value);
            }}
          >
            {filled.map((candidate, at) => (
              <option key={at} value={at}>
                {frameName(candidate, at)}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}

function frameName(frame: Frame, index: number): string {
  const value = frame.fields.find(({ type }) => type === 'number');
  return frame.name || (value && displayName(value)) || frame.refId || text.value.frameName(index);
}

function Table({ frame, panel, width, height, timeZone, context }: PanelProps & { frame: Frame }) {
  const options = (panel.options ?? {}) as TableOptions;
  const mode = theme.value;
  const columns = useMemo(() => columnsOf(frame, { timeZone, theme: mode }), [frame, timeZone, mode]);
  const configured = useMemo<SortKey[]>(
    () =>
      (options.sortBy ?? []).map(({ displayName: name, desc }) => ({ name, isDescending: desc === true })),
    [options.sortBy],
  );
  const ownSorts = useSignal<readonly SortKey[] | null>(null);
  const filters = useSignal<Filters>(new Map());
  const resized = useSignal<ReadonlyMap<string, number>>(new Map());
  const page = useSignal(0);
  const scrollTop = useSignal(0);
  const inspected = useSignal<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const sorts = ownSorts.value ?? configured;
  const rows = useMemo(
    () => shownRows(columns, frame.length, sorts, filters.value),
    [columns, frame.length, sorts, filters.value],
  );

  const rowHeight = rowHeights[options.cellHeight ?? 'sm'] ?? rowHeights.sm;
  const footer = useMemo(
    () => footerTexts(columns, options.footer, rows.length, { timeZone, theme: mode }),
    [columns, options.footer, rows.length, timeZone, mode],
  );
  const paginates = options.enablePagination ?? options.footer?.enablePagination ?? false;
  const shownHeader = options.showHeader === false ? 0 : headerHeight;
  const room = Math.max(
    rowHeight,
    height - shownHeader - (footer ? rowHeight : 0) - (paginates ? barHeight : 0),
  );
  const pageSize = paginates ? Math.max(1, Math.floor(room / rowHeight)) : rows.length;
  const pages = Math.max(1, Math.ceil(rows.length / Math.max(1, pageSize)));
  const current = Math.min(page.value, pages - 1);
  const pageRows = paginates ? rows.slice(current * pageSize, (current + 1) * pageSize) : rows;
  const scrollbar = pageRows.length * rowHeight > room ? 10 : 0;
  const widths = useMemo(
    () => columnWidths(columns, width - scrollbar - 2, resized.value),
    [columns, width, scrollbar, resized.value],
  );
  const total = widths.reduce((sum, one) => sum + one, 0);
  const wraps = columns.some(({ cell, options: own }) => cell.wrapText || own.wrapText);
  const first = wraps ? 0 : Math.max(0, Math.floor(scrollTop.value / rowHeight) - overscan);
  const last = wraps
    ? pageRows.length
    : Math.min(pageRows.length, Math.ceil((scrollTop.value + room) / rowHeight) + overscan);
  const rooms = useMemo(() => columns.map(barRoom), [columns]);
  const links = useMemo<LinkContext>(
    () => ({ interpolate: context.interpolate, timeZone, theme: mode }),
    [context, timeZone, mode],
  );
  const rowColumn = columns.find(({ cell }) => cell.type === 'color-background' && cell.applyToRow);

  // Another order begins at its top.
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [sorts, filters.value, current]);

  if (columns.length === 0) return <NoData />;
  return (
    <>
      <div
        class={wraps ? 'table is-wrapped' : 'table'}
        role="table"
        aria-label={panel.title || text.value.table}
        aria-rowcount={rows.length}
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard
        tabIndex={0}
        style={{ height: `${height - (paginates ? barHeight : 0)}px` }}
        onScroll={(event) => {
          scrollTop.value = event.currentTarget.scrollTop;
        }}
      >
        {shownHeader > 0 && (
          // biome-ignore lint/a11y/useFocusableInteractive: rows of a table are read, not operated
          <div class="table-header" role="row" style={{ height: `${headerHeight}px`, width: `${total}px` }}>
            {columns.map((column, index) => (
              <HeaderCell
                key={index}
                column={column}
                width={widths[index]!}
                sorts={sorts}
                filter={filters.value.get(column.name)}
                choices={() => filterChoices(columns, column, frame.length, filters.value)}
                onSort={(adds) => {
                  ownSorts.value = nextSort(sorts, column.name, adds);
                }}
                onFilter={(filter) => {
                  const next = new Map(filters.value);
                  if (filter) next.set(column.name, filter);
                  else next.delete(column.name);
                  filters.value = next;
                }}
                onResize={(wide, isDone) => {
                  const size = Math.max(32, Math.round(wide));
                  resized.value = new Map(resized.value).set(column.name, size);
                  if (isDone) context.changeOptions?.((before) => withColumnWidth(before, column.name, size));
                }}
              />
            ))}
          </div>
        )}
        <div
          class="table-body"
          role="rowgroup"
          style={{ width: `${total}px`, ...(wraps ? {} : { height: `${pageRows.length * rowHeight}px` }) }}
        >
          {pageRows.slice(first, last).map((row, offset) => {
            const at = first + offset;
            const color = rowColumn && rowColor(rowColumn, row);
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: rows of a table are read, not operated
              <div
                key={row}
                class="table-row"
                role="row"
                aria-rowindex={current * pageSize + at + 1}
                style={{
                  ...(wraps
                    ? { minHeight: `${rowHeight}px` }
                    : { height: `${rowHeight}px`, transform: `translateY(${at * rowHeight}px)` }),
                  ...(color ? { background: backgroundOf(color, rowColumn.cell.mode === 'gradient') } : {}),
                }}
              >
                {columns.map((column, index) => (
                  <Cell
                    key={index}
                    column={column}
                    frame={frame}
                    row={row}
                    width={widths[index]!}
                    height={rowHeight}
                    valueRoom={rooms[index]!}
                    context={links}
                    rowColor={color}
                    onInspect={(value) => {
                      inspected.value = value;
                    }}
                    onFilter={context.addFilter}
                  />
                ))}
              </div>
            );
          })}
        </div>
        {footer && (
          // biome-ignore lint/a11y/useFocusableInteractive: rows of a table are read, not operated
          <div class="table-footer" role="row" style={{ height: `${rowHeight}px`, width: `${total}px` }}>
            {columns.map(({ align }, index) => (
              <div
                key={index}
                role="cell"
                class={`table-cell is-${align}`}
                style={{ width: `${widths[index]}px` }}
              >
                <span class="table-cell-content">{footer[index]}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      {paginates && (
        <div class="table-pages" style={{ height: `${barHeight}px` }}>
          <IconButton
            icon="chevronLeft"
            label={text.value.previous}
            disabled={current === 0}
            onClick={() => {
              page.value = current - 1;
            }}
          />
          <span>
            {text.value.rows(
              rows.length === 0 ? 0 : current * pageSize + 1,
              Math.min(rows.length, (current + 1) * pageSize),
              rows.length,
            )}
          </span>
          <IconButton
            icon="chevronRight"
            label={text.value.next}
            disabled={current >= pages - 1}
            onClick={() => {
              page.value = current + 1;
            }}
          />
        </div>
      )}
      {inspected.value !== null && (
        <Dialog
          title={text.value.value}
          onClose={() => {
            inspected.value = null;
          }}
        >
          <pre class="table-inspected">{inspected.value}</pre>
        </Dialog>
      )}
    </>
  );
}

function rowColor(column: Column, row: number): string | undefined {
  const { color } = column.show(cellOf(column.field, row));
  return color.length === 7 ? color : undefined;
}

/** Bars of a column end at one line: its widest value tells how much is left for them. */
function barRoom(column: Column): number {
  if (column.cell.type !== 'gauge') return 0;
  let most = 0;
  const step = Math.max(1, Math.floor(column.field.values.length / 200));
  for (let row = 0; row < column.field.values.length; row += step) {
    most = Math.max(most, textWidth(column.text(row), 13));
  }
  return Math.ceil(most) + 10;
}

/** A width is an override of the column's name, as if it had been written in the editor. */
function withColumnWidth(panel: Panel, name: string, width: number): Panel {
  const config = panel.fieldConfig ?? { defaults: {}, overrides: [] };
  const isMeant = ({ matcher }: (typeof config.overrides)[number]) =>
    matcher.id === 'byName' && matcher.options === name;
  const property = { id: 'custom.width', value: width };
  const found = config.overrides.find(isMeant);
  const overrides = found
    ? config.overrides.map((override) =>
        override === found
          ? {
              ...override,
              properties: [...override.properties.filter(({ id }) => id !== property.id), property],
            }
          : override,
      )
    : [...config.overrides, { matcher: { id: 'byName', options: name }, properties: [property] }];
  return { ...panel, fieldConfig: { ...config, overrides } };
}
