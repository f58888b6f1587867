import './inspect.css';
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { copyText } from '../clipboard';
import { Button, Segmented } from '../components/button';
import { Dialog } from '../components/dialog';
import { LazyRows } from '../components/lazy-rows';
import { formatValue } from '../format/units';
import type { Frame } from '../frame/frame';
import { formatDateTime } from '../time/zone';
import type { Scope } from '../variables/scope';
import { framesToCsv } from './csv';
import { download } from './download';
import { text } from './menu-text';
import type { Panel } from './model';
import { createPanelFrames } from './panel-frames';
import type { DashboardSession } from './session';
import { text as panelText } from './text';

type Tab = 'data' | 'query' | 'json';

/** What a panel got, what it asked and what it cost, and what it is. */
export function InspectDialog({
  session,
  panel,
  scope,
  cellKey,
  onClose,
}: {
  session: DashboardSession;
  panel: Panel;
  scope: Scope;
  cellKey: string;
  onClose(): void;
}) {
  const t = text.value;
  const tab = useSignal<Tab>('data');
  const watch = useMemo(() => session.runner.watch(cellKey), [session, cellKey]);
  useEffect(() => () => watch.end(), [watch]);
  const frames = useMemo(() => createPanelFrames(session, watch.data), [session, watch]);
  useLayoutEffect(() => frames.configure(panel, scope), [frames, panel, scope]);
  const title =
    session.interpolate(panel.title ?? '', scope, undefined, 'text') || panelText.value.untitledPanel;
  return (
    <Dialog title={t.inspectOf(title)} onClose={onClose}>
      <div class="inspect">
        <Segmented<Tab>
          label={t.inspect}
          value={tab.value}
          onChange={(value) => {
            tab.value = value;
          }}
          choices={[
            { value: 'data', label: t.data },
            { value: 'query', label: t.query },
            { value: 'json', label: t.json },
          ]}
        />
        {tab.value === 'data' && (
          <DataTab frames={frames.current.value} timeZone={session.timeZone.value} name={title} />
        )}
        {tab.value === 'query' && <QueryTab session={session} cellKey={cellKey} />}
        {tab.value === 'json' && <JsonTab value={panel} />}
      </div>
    </Dialog>
  );
}

function DataTab({ frames, timeZone, name }: { frames: readonly Frame[]; timeZone: string; name: string }) {
  const t = text.value;
  const at = useSignal(0);
  const frame = frames[Math.min(at.value, frames.length - 1)];
  if (!frame) return <p class="inspect-empty">{t.noAnswers}</p>;
  const frameName = (one: Frame, index: number) =>
    one.name ||
    one.fields.find(({ type }) => type === 'number')?.state?.displayName ||
    one.refId ||
    String(index + 1);
  const rows = Array.from({ length: frame.length }, (_, row) => row);
  const cell = (column: number, row: number) => {
    const field = frame.fields[column]!;
    const value: unknown = field.values[row];
    if (value === null || value === undefined || Number.isNaN(value)) return '';
    if (field.type === 'time') return formatDateTime(Number(value) / 1000, timeZone);
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  const columns = { gridTemplateColumns: `repeat(${frame.fields.length}, minmax(120px, 1fr))` };
  return (
    <>
      <div class="inspect-bar">
        {frames.length > 1 && (
          <select
            aria-label={t.frame}
            value={String(at.value)}
            onChange={(event) => {
              at.value = Number(event.currentTarget.value);
            }}
          >
            {frames.map((one, index) => (
              <option key={index} value={String(index)}>
                {frameName(one, index)}
              </option>
            ))}
          </select>
        )}
        <span class="inspect-note">{t.rows(frame.length)}</span>
        <Button
          icon="down"
          onClick={() =>
            download(new Blob(['\uFEFF', framesToCsv(frames, timeZone)], { type: 'text/csv' }), `${name}.csv`)
          }
        >
          {t.csv}
        </Button>
      </div>
      <div class="inspect-table">
        <div class="inspect-row is-head" style={columns}>
          {frame.fields.map((field, index) => (
            <span key={index}>{field.state?.displayName ?? field.name}</span>
          ))}
        </div>
        <LazyRows items={rows} keyOf={String} rowHeight={24} class="inspect-rows" label={t.data}>
          {(row) => (
            <div class="inspect-row" style={columns}>
              {frame.fields.map((_, column) => (
                <span key={column}>{cell(column, row)}</span>
              ))}
            </div>
          )}
        </LazyRows>
      </div>
    </>
  );
}

function QueryTab({ session, cellKey }: { session: DashboardSession; cellKey: string }) {
  const t = text.value;
  const data = session.runner.peek(cellKey);
  if (!data || data.queries.length === 0) return <p class="inspect-empty">{t.noQueries}</p>;
  return (
    <ul class="inspect-queries">
      {data.queries.map((query) => {
        const { refId } = query.target;
        const cost = data.costs.get(refId);
        const frames = data.answers.filter((frame) => frame.refId === refId);
        const error = data.errors.find((one) => one.refId === refId);
        const asked = frames[0]?.meta?.executedQuery ?? query.target.expr;
        return (
          <li key={query.key}>
            <h3>{panelText.value.ofQuery(refId)}</h3>
            {typeof asked === 'string' && asked !== '' && <pre class="inspect-code">{asked}</pre>}
            {error && <p class="inspect-error">{error.message}</p>}
            <dl class="inspect-facts">
              <Fact name={t.series} value={String(frames.length)} />
              <Fact
                name={t.step}
                value={formatValue((frames[0]?.meta?.stepMilliseconds ?? query.intervalMs) / 1000, 's')}
              />
              {cost && <Fact name={t.took} value={formatValue(cost.milliseconds / 1000, 's')} />}
              {cost?.samples !== undefined && <Fact name={t.samples} value={cost.samples.toLocaleString()} />}
              {cost && <Fact name={t.bytes} value={formatValue(cost.bytes, 'bytes')} />}
              {cost?.shared && <Fact name={t.shared} value="✓" />}
            </dl>
            <details>
              <summary>{t.request}</summary>
              <pre class="inspect-code">{JSON.stringify(query, null, 2)}</pre>
            </details>
          </li>
        );
      })}
    </ul>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function JsonTab({ value }: { value: unknown }) {
  const json = JSON.stringify(value, null, 2);
  return (
    <>
      <div class="inspect-bar">
        <Button icon="copy" onClick={() => void copyText(json)}>
          {text.value.copy}
        </Button>
      </div>
      <pre class="inspect-code is-tall">{json}</pre>
    </>
  );
}
