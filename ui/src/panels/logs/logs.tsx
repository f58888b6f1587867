import './logs.css';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { LazyRows } from '../../components/lazy-rows';
import { formatPattern } from '../../format/dates';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import {
  arrangeLogs,
  commonLabels,
  type Dedup,
  type LogRow,
  logRows,
  prettyLine,
  uniqueLabels,
  withoutEscapes,
} from './log-rows';
import { text } from './text';

export type LogsOptions = {
  showTime?: boolean;
  showLabels?: boolean;
  showCommonLabels?: boolean;
  wrapLogMessage?: boolean;
  prettifyLogMessage?: boolean;
  enableLogDetails?: boolean;
  dedupStrategy?: Dedup;
  sortOrder?: 'Ascending' | 'Descending';
};

export function LogsPanel({ panel, frames, height, timeZone, context }: PanelProps) {
  const options = (panel.options ?? {}) as LogsOptions;
  const rows = useMemo(
    () => arrangeLogs(logRows(frames), options.sortOrder ?? 'Descending', options.dedupStrategy ?? 'none'),
    [frames, options.sortOrder, options.dedupStrategy],
  );
  const common = useMemo(() => commonLabels(rows), [rows]);
  if (rows.length === 0) return <NoData>{panel.fieldConfig?.defaults?.noValue}</NoData>;
  const classes = ['logs'];
  if (options.wrapLogMessage) classes.push('is-wrapped');
  return (
    <div
      class={classes.join(' ')}
      style={{ height: `${height}px` }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard
      tabIndex={0}
      role="region"
      aria-label={panel.title || text.value.logs}
    >
      {options.showCommonLabels && Object.keys(common).length > 0 && (
        <p class="logs-common">
          {text.value.common} <Labels labels={common} />
        </p>
      )}
      <LazyRows
        items={rows}
        keyOf={({ key }) => key}
        rowHeight={22}
        class="logs-list"
        label={text.value.logs}
      >
        {(row) => (
          <LogLine
            row={row}
            options={options}
            timeZone={timeZone}
            common={common}
            addFilter={context.addFilter}
          />
        )}
      </LazyRows>
    </div>
  );
}

type LogLineProps = {
  row: LogRow;
  options: LogsOptions;
  timeZone: string;
  common: Record<string, string>;
  addFilter: PanelProps['context']['addFilter'];
};

function LogLine({ row, options, timeZone, common, addFilter }: LogLineProps) {
  const open = useSignal(false);
  const hasDetails = options.enableLogDetails !== false;
  const plain = withoutEscapes(row.line);
  const line = options.prettifyLogMessage ? prettyLine(plain) : plain;
  const content = (
    <>
      <span class={`logs-level is-${row.level}`} title={row.level} />
      {row.duplicates > 0 && <span class="logs-duplicates">{row.duplicates + 1}×</span>}
      {options.showTime !== false && !Number.isNaN(row.time) && (
        <time class="logs-time">{formatPattern(row.time, 'YYYY-MM-DD HH:mm:ss.SSS', timeZone)}</time>
      )}
      {options.showLabels && (
        <span class="logs-labels">
          <Labels labels={uniqueLabels(row, common)} />
        </span>
      )}
      <span class={options.prettifyLogMessage ? 'logs-line is-pretty' : 'logs-line'}>{line}</span>
    </>
  );
  if (!hasDetails) return <div class="logs-row">{content}</div>;
  return (
    <>
      <button
        type="button"
        class="logs-row"
        aria-expanded={open.value}
        onClick={() => {
          // Whoever marks text to copy it does not want the row to open.
          if (!getSelection()?.toString()) open.value = !open.value;
        }}
      >
        {content}
      </button>
      {open.value && (
        <dl class="logs-details">
          {Object.entries(row.labels).map(([name, value]) => (
            <div key={name}>
              <dt>
                {addFilter && (
                  <>
                    <button
                      type="button"
                      aria-label={text.value.keep(name, value)}
                      onClick={() => addFilter(name, value, '=')}
                    >
                      <Icon name="plus" size={12} />
                    </button>
                    <button
                      type="button"
                      aria-label={text.value.drop(name, value)}
                      onClick={() => addFilter(name, value, '!=')}
                    >
                      <Icon name="minus" size={12} />
                    </button>
                  </>
                )}
                {name}
              </dt>
              <dd>{value}</dd>
            </div>
          ))}
          <div>
            <dt>{text.value.line}</dt>
            <dd class="is-line">{prettyLine(plain)}</dd>
          </div>
        </dl>
      )}
    </>
  );
}

function Labels({ labels }: { labels: Record<string, string> }) {
  return (
    <>
      {Object.entries(labels).map(([name, value]) => (
        <span key={name} class="logs-label">
          {name}={value}
        </span>
      ))}
    </>
  );
}
