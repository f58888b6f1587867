import './result-table.css';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { formatLabels } from '../../api/columns';
import type { Labels } from '../../api/types';
import { copyText } from '../../clipboard';
import { LabelChip } from '../../components/badge';
import { Button, Segmented } from '../../components/button';
import { TextField } from '../../components/field';
import { Skeleton } from '../../components/notice';
import type { TimeControl } from '../../time/control';
import { parseTime } from '../../time/range';
import { formatDateTime, zone } from '../../time/zone';
import { EmptyHint } from './empty-hint';
import { formatCount } from './format-count';
import { HistogramCell } from './histogram-cell';
import type { Entry, ExploreSession } from './session';
import {
  filterRows,
  type SortKey,
  sortRows,
  type TableData,
  type TablePoint,
  type TableRow,
  tableColumns,
  toCSV,
  toJSON,
  valueColumn,
} from './table-model';
import { text } from './text';
import { useVisibleRows } from './visible-rows';

export type ResultTableProps = { session: ExploreSession; control: TimeControl; entry: Entry };

const lineHeight = 28;

export function ResultTable({ session, control, entry }: ResultTableProps) {
  const { answer, startedMilliseconds } = entry.table.state.value;
  if (!answer) {
    return (
      <div class="result-table is-loading" aria-busy={startedMilliseconds !== null}>
        {[0, 1, 2, 3].map((i) => (
          <Skeleton key={i} height="20px" />
        ))}
      </div>
    );
  }
  const { data } = answer;
  if (data.rows.length === 0) {
    // A graph above already tells why.
    if (entry.spec.tab === 'both') return null;
    const { startSeconds } = control.window.value;
    return (
      <EmptyHint
        expr={entry.spec.expr}
        window={{
          startSeconds: Math.min(startSeconds, data.timeSeconds - 300),
          endSeconds: data.timeSeconds,
        }}
        control={control}
        onPick={(expr) => {
          entry.draft.value = expr;
          session.run(entry.id);
        }}
      />
    );
  }
  return <Rows data={data} timeSeconds={data.timeSeconds} session={session} />;
}

type Layout = 'columns' | 'series';

function Rows({
  data,
  timeSeconds,
  session,
}: {
  data: TableData;
  timeSeconds: number;
  session: ExploreSession;
}) {
  const filter = useSignal('');
  const sort = useSignal<SortKey | null>(null);
  const chosenLayout = useSignal<Layout | null>(null);
  const copied = useSignal<'csv' | 'json' | 'failed' | null>(null);
  const { differing, shared } = useMemo(() => tableColumns(data.rows), [data]);
  const rows = useMemo(
    () => sortRows(filterRows(data.rows, filter.value), sort.value),
    [data, filter.value, sort.value],
  );
  const isMatrix = data.resultType === 'matrix';
  const isPlain = data.resultType === 'scalar' || data.resultType === 'string';
  const layout = isMatrix ? 'series' : (chosenLayout.value ?? (differing.length > 8 ? 'series' : 'columns'));
  const copy = async (kind: 'csv' | 'json') => {
    const done = await copyText(kind === 'csv' ? toCSV(rows) : toJSON(rows));
    copied.value = done ? kind : 'failed';
    setTimeout(() => {
      copied.value = null;
    }, 1500);
  };
  const sortBy = (column: string) => {
    const current = sort.value;
    const first = column === valueColumn;
    if (current?.column !== column) sort.value = { column, descending: first };
    else sort.value = current.descending === first ? { column, descending: !first } : null;
  };
  const columns = data.rows.length > 1 ? differing : shared;
  const sharedLabels: Labels = Object.fromEntries(shared.map((name) => [name, data.rows[0]!.labels[name]!]));
  return (
    <div class="result-table">
      <div class="result-table-bar">
        {!isPlain && (
          <TextField
            label={text.value.table.filter}
            hideLabel
            type="search"
            icon="filter"
            placeholder={text.value.table.filter}
            value={filter.value}
            onInput={(value) => {
              filter.value = value;
            }}
          />
        )}
        <TableTime session={session} timeSeconds={timeSeconds} />
        {!isPlain && !isMatrix && (
          <Segmented<Layout>
            label={text.value.table.layout}
            value={layout}
            onChange={(value) => {
              chosenLayout.value = value;
            }}
            choices={[
              { value: 'columns', label: text.value.table.asColumns },
              { value: 'series', label: text.value.table.asSeries },
            ]}
          />
        )}
        <span class="result-table-count">
          {text.value.table.rows(formatCount(rows.length), formatCount(data.rows.length))}
        </span>
        <span class="result-table-copy" aria-live="polite">
          <Button
            kind="quiet"
            icon={copied.value === 'csv' ? 'check' : 'copy'}
            title={text.value.table.copyCSV}
            onClick={() => copy('csv')}
          >
            CSV
          </Button>
          <Button
            kind="quiet"
            icon={copied.value === 'json' ? 'check' : 'copy'}
            title={text.value.table.copyJSON}
            onClick={() => copy('json')}
          >
            JSON
          </Button>
          <span class={copied.value === 'failed' ? undefined : 'visually-hidden'}>
            {copied.value === null
              ? ''
              : copied.value === 'failed'
                ? text.value.table.copyFailed
                : text.value.table.copied}
          </span>
        </span>
      </div>
      {layout === 'columns' && shared.length > 0 && data.rows.length > 1 && (
        <p class="result-table-shared">
          <span>{text.value.table.shared}</span>
          {shared.map((name) => (
            <LabelChip key={name} name={name} value={sharedLabels[name]!} />
          ))}
        </p>
      )}
      <Grid
        rows={rows}
        columns={layout === 'columns' && columns.length > 0 ? columns : null}
        showsTime={isMatrix}
        sort={sort.value}
        onSort={sortBy}
        kind={isPlain ? data.resultType : null}
      />
    </div>
  );
}

type Line = { row: TableRow; point: TablePoint; isFirst: boolean };

type GridProps = {
  rows: readonly TableRow[];
  /** Label columns; `null` writes each series as one. */
  columns: readonly string[] | null;
  showsTime: boolean;
  sort: SortKey | null;
  onSort(column: string): void;
  kind: string | null;
};

function Grid({ rows, columns, showsTime, sort, onSort, kind }: GridProps) {
  const lines = useMemo<Line[]>(
    () => rows.flatMap((row) => row.points.map((point, i) => ({ row, point, isFirst: i === 0 }))),
    [rows],
  );
  const { scroller, first, last } = useVisibleRows(lines.length, lineHeight);
  const header = (column: string, label: string, isNumber = false) => {
    const direction = sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : 'none';
    return (
      <th key={column} scope="col" aria-sort={direction} class={isNumber ? 'is-number' : undefined}>
        <button type="button" onClick={() => onSort(column)}>
          {label}
          <span class="result-table-sort" aria-hidden="true">
            {direction === 'none' ? '' : direction === 'descending' ? '↓' : '↑'}
          </span>
        </button>
      </th>
    );
  };
  const seriesColumn = ' series';
  return (
    <section
      class="result-table-scroll"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
      tabIndex={0}
      aria-label={text.value.table.label}
    >
      <table aria-rowcount={lines.length + 1}>
        <thead>
          <tr>
            {columns
              ? columns.map((name) => header(name, name))
              : !kind && (
                  <th key={seriesColumn} scope="col" class="is-plain">
                    {text.value.table.metric}
                  </th>
                )}
            {kind && (
              <th scope="col" class="is-plain">
                {text.value.table.metric}
              </th>
            )}
            {showsTime && (
              <th scope="col" class="is-plain">
                {text.value.table.time}
              </th>
            )}
            {header(valueColumn, text.value.table.value, true)}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Spacer height={first * lineHeight} />}
          {lines.slice(first, last).map(({ row, point, isFirst }, i) => (
            <tr
              key={first + i}
              aria-rowindex={first + i + 2}
              class={isFirst && showsTime ? 'is-first' : undefined}
            >
              {columns?.map((name) => (
                <td key={name} title={row.labels[name]}>
                  {row.labels[name] ?? ''}
                </td>
              ))}
              {!columns && !kind && (
                <td class="is-series" title={formatLabels(row.labels)}>
                  {isFirst && <SeriesText labels={row.labels} />}
                </td>
              )}
              {kind && <td>{kind === 'string' ? text.value.table.string : text.value.table.scalar}</td>}
              {showsTime && <td class="is-time">{formatDateTime(point.time)}</td>}
              <td class="is-number" title={showsTime ? undefined : formatDateTime(point.time)}>
                {point.histogram ? <HistogramCell histogram={point.histogram} /> : point.text}
              </td>
            </tr>
          ))}
          {last < lines.length && <Spacer height={(lines.length - last) * lineHeight} />}
        </tbody>
      </table>
      {lines.length === 0 && <p class="result-table-none">{text.value.table.noMatch}</p>}
    </section>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr class="result-table-spacer">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

/** A series as Prometheus writes it, name and values told apart by colour. */
function SeriesText({ labels }: { labels: Labels }) {
  const { __name__: name, ...rest } = labels;
  const pairs = Object.entries(rest);
  return (
    <>
      {name && <span class="series-name">{name}</span>}
      {(pairs.length > 0 || !name) && '{'}
      {pairs.map(([label, value], i) => (
        <span key={label}>
          {i > 0 && ', '}
          <span class="series-label">{label}</span>=<span class="series-value">{JSON.stringify(value)}</span>
        </span>
      ))}
      {(pairs.length > 0 || !name) && '}'}
    </>
  );
}

/** When the table is evaluated: the end of the range, or a time of its own. */
function TableTime({ session, timeSeconds }: { session: ExploreSession; timeSeconds: number }) {
  const { tableTimeSeconds } = session.options.value;
  const draft = useSignal<string | null>(null);
  const shown = draft.value ?? (tableTimeSeconds === null ? '' : formatDateTime(tableTimeSeconds));
  const parsed = shown.trim() === '' ? null : parseTime(shown, 'end', Date.now() / 1000, zone.value);
  const isInvalid = shown.trim() !== '' && parsed === null;
  const apply = (event: Event) => {
    event.preventDefault();
    if (isInvalid || draft.value === null) return;
    draft.value = null;
    session.setOptions({ tableTimeSeconds: parsed });
  };
  return (
    <form class="result-table-time" onSubmit={apply} onFocusOut={apply} title={text.value.table.at}>
      <TextField
        label={text.value.table.at}
        hideLabel
        icon="clock"
        placeholder={`${formatDateTime(timeSeconds)} (${text.value.table.atEnd})`}
        value={shown}
        error={isInvalid ? text.value.table.atInvalid : undefined}
        onInput={(value) => {
          draft.value = value;
        }}
      />
    </form>
  );
}
