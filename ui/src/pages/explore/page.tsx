import './page.css';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { Select } from '../../components/field';
import { Page } from '../../components/page';
import { encodeQuery, navigate, query } from '../../router/location';
import { href } from '../../routes';
import { useTimeControl } from '../../time/control';
import { formatDuration } from '../../time/duration';
import { TimePicker } from '../../time/picker';
import { CombinedGraph } from './combined-graph';
import { fromPrometheusURL } from './prometheus-url';
import { QueryCard } from './query-card';
import { type Entry, ExploreSession } from './session';
import { text } from './text';

const steps = [1, 5, 10, 15, 30, 60, 300, 900, 3600, 21600, 86400];

/** Opens links to Prometheus's query page under our own parameters first. */
export function ExplorePage() {
  const translated = fromPrometheusURL(query.value);
  useLayoutEffect(() => {
    if (translated) navigate(`${href('explore')}?${encodeQuery(translated)}`, 'replace');
  });
  return translated ? <Page title={text.value.title} /> : <Explore />;
}

function Explore() {
  const control = useTimeControl({ from: 'now-1h', to: 'now', refreshSeconds: 0 });
  const session = useMemo(() => new ExploreSession(control), []);
  useEffect(() => session.start(), []);
  useRunKey(session);

  const entries = session.entries.value;
  const { stepSeconds, combined } = session.options.value;
  const isCombined = combined && entries.length > 1;
  const autoLabel = text.value.stepAuto(formatDuration(session.stepSeconds.value));
  const choices = stepSeconds && !steps.includes(stepSeconds) ? [...steps, stepSeconds] : steps;
  return (
    <Page
      title={text.value.title}
      actions={
        <>
          <Select
            label={text.value.step}
            hideLabel
            value={String(stepSeconds ?? 'auto')}
            choices={[
              { value: 'auto', label: stepSeconds === null ? autoLabel : text.value.stepAuto('') },
              ...choices
                .toSorted((a, b) => a - b)
                .map((seconds) => ({ value: String(seconds), label: formatDuration(seconds) })),
            ]}
            onChange={(value) => session.setOptions({ stepSeconds: value === 'auto' ? null : Number(value) })}
          />
          <TimePicker control={control} />
        </>
      }
    >
      <div class={useSettled(entries) ? 'explore' : 'explore is-settling'}>
        {entries.map((entry, index) => (
          <QueryCard
            key={entry.id}
            session={session}
            control={control}
            entry={entry}
            index={index}
            count={entries.length}
            hidesGraph={isCombined}
          />
        ))}
        <div class="explore-below">
          <Button icon="plus" kind="quiet" onClick={() => session.add()}>
            {text.value.addQuery}
          </Button>
          {entries.length > 1 && (
            <label class="explore-check">
              <input
                type="checkbox"
                checked={combined}
                onChange={(event) => session.setOptions({ combined: event.currentTarget.checked })}
              />
              {text.value.combine}
            </label>
          )}
        </div>
        {isCombined && <CombinedGraph entries={entries} control={control} />}
      </div>
    </Page>
  );
}

/**
 * Whether the first answers are there. What stands below them is not shown
 * before: their height is unknown, and nothing should move under a pointer.
 */
function useSettled(entries: readonly Entry[]): boolean {
  const settled = useRef(false);
  const isWaiting = ({ state }: Entry['graph'] | Entry['table']) =>
    state.value.startedMilliseconds !== null && !state.value.answer && !state.value.error;
  if (!entries.some(({ graph, table }) => isWaiting(graph) || isWaiting(table))) {
    // The first render comes before the first question.
    if (
      entries.every(
        ({ spec, graph, table }) =>
          spec.expr === '' || !spec.enabled || isAnswered(graph) || isAnswered(table),
      )
    ) {
      settled.current = true;
    }
  }
  return settled.current;
}

function isAnswered({ state }: Entry['graph'] | Entry['table']): boolean {
  return state.value.answer !== null || state.value.error !== null;
}

/** Ctrl-Enter or Cmd-Enter runs everything, also while an editor has the focus. */
function useRunKey(session: ExploreSession): void {
  const latest = useRef(session);
  latest.current = session;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      event.preventDefault();
      latest.current.runAll();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
