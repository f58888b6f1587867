import './query-card.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatQuery } from '../../api/prometheus';
import { seriesColor } from '../../chart/palette';
import { Icon } from '../../components/icon';
import { type LocatedText, PromQLEditor, type PromQLEditorHandle } from '../../editor/promql-editor';
import { theme } from '../../shell/theme';
import type { TimeControl } from '../../time/control';
import { locateError } from './error-position';
import { ExplainTree } from './explain-tree';
import { MetricBrowser } from './metric-browser';
import { QueryError } from './query-error';
import { QueryMessages } from './query-messages';
import { QueryToolbar } from './query-toolbar';
import { ResultGraph } from './result-graph';
import { ResultTable } from './result-table';
import { RunButton } from './run-button';
import type { Entry, ExploreSession } from './session';
import { StartHints } from './start-hints';
import { queryLetter } from './state';
import { text } from './text';

export type QueryCardProps = {
  session: ExploreSession;
  control: TimeControl;
  entry: Entry;
  index: number;
  count: number;
  /** The graph stands with those of the other queries. */
  hidesGraph: boolean;
};

export function QueryCard({ session, control, entry, index, count, hidesGraph }: QueryCardProps) {
  const { id, spec, draft, graph, table } = entry;
  const letter = queryLetter(index);
  const editor = useRef<PromQLEditorHandle | null>(null);
  const isBrowsing = useSignal(false);
  const isExplaining = useSignal(false);
  const graphState = graph.state.value;
  const tableState = table.state.value;
  const error = graphState.error ?? tableState.error;
  const located = useMemo<LocatedText | null>(() => {
    const place = error && error.kind === 'bad_data' ? locateError(spec.expr, error.message) : null;
    return place && { ...place, text: spec.expr };
  }, [error, spec.expr]);

  // The first, empty query is what a visitor came to fill in; an added one as well.
  useEffect(() => {
    if (spec.expr === '') editor.current?.focus();
  }, []);

  const format = async () => {
    const formatted = await formatQuery(draft.peek());
    if (formatted.ok) draft.value = formatted.data;
    else session.run(id);
    editor.current?.focus();
  };
  const isEmpty = spec.expr.trim() === '';
  const showsGraph = spec.enabled && !isEmpty && spec.tab !== 'table' && !hidesGraph;
  const showsTable = spec.enabled && !isEmpty && spec.tab !== 'graph';
  return (
    <section
      class={spec.enabled ? 'query-card' : 'query-card is-disabled'}
      aria-label={text.value.query(letter)}
      style={{ '--query-color': seriesColor(index, theme.value) }}
    >
      <div class="query-input">
        <button
          type="button"
          class="query-letter"
          aria-pressed={spec.enabled}
          title={spec.enabled ? text.value.disable(letter) : text.value.enable(letter)}
          aria-label={spec.enabled ? text.value.disable(letter) : text.value.enable(letter)}
          onClick={() => session.change(id, { enabled: !spec.enabled })}
        >
          {spec.enabled ? letter : <Icon name="eyeOff" size={14} />}
        </button>
        <PromQLEditor
          value={draft.value}
          label={text.value.query(letter)}
          placeholder={text.value.placeholder}
          error={located}
          window={() => control.window.peek()}
          onChange={(value) => {
            draft.value = value;
          }}
          onRun={() => session.run(id)}
          onReady={(handle) => {
            editor.current = handle;
          }}
        />
        <RunButton session={session} entry={entry} />
      </div>
      <QueryToolbar
        session={session}
        entry={entry}
        index={index}
        count={count}
        isExplaining={isExplaining}
        onFormat={format}
        onBrowse={() => {
          isBrowsing.value = true;
        }}
        onRecall={(expr) => {
          draft.value = expr;
          editor.current?.focus();
        }}
      />
      {isExplaining.value && <ExplainTree expr={draft.value} control={control} />}
      {isEmpty && count === 1 && (
        <StartHints
          onPick={(expr) => {
            draft.value = expr;
            session.run(id);
          }}
          onBrowse={() => {
            isBrowsing.value = true;
          }}
        />
      )}
      {spec.enabled && error && (
        <QueryError
          error={error}
          located={located}
          onRetry={() => session.run(id)}
          onShowTable={() => session.change(id, { tab: 'table' })}
        />
      )}
      {spec.enabled && <QueryMessages graph={graphState.answer} table={tableState.answer} />}
      {showsGraph && !graphState.error && (
        <ResultGraph session={session} control={control} entry={entry} title={text.value.query(letter)} />
      )}
      {showsTable && !tableState.error && <ResultTable session={session} control={control} entry={entry} />}
      {isBrowsing.value && (
        <MetricBrowser
          control={control}
          onInsert={(expr) => {
            isBrowsing.value = false;
            editor.current?.insert(expr);
          }}
          onUse={(expr) => {
            isBrowsing.value = false;
            draft.value = expr;
            session.run(id);
            editor.current?.focus();
          }}
          onClose={() => {
            isBrowsing.value = false;
          }}
        />
      )}
    </section>
  );
}
