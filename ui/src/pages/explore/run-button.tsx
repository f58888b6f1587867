import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import type { Entry, ExploreSession } from './session';
import { text } from './text';

/** A query faster than this never shows that it could be cancelled: the button would only flicker. */
const patienceMilliseconds = 400;

/** Runs, and while a slow query runs, tells for how long and cancels it. */
export function RunButton({ session, entry }: { session: ExploreSession; entry: Entry }) {
  const { id, spec, draft, graph, table } = entry;
  const startedMilliseconds = graph.state.value.startedMilliseconds ?? table.state.value.startedMilliseconds;
  const elapsed = useElapsed(startedMilliseconds);
  const isChanged = draft.value !== spec.expr;
  if (elapsed !== null && elapsed >= patienceMilliseconds && !isChanged) {
    const seconds = `${(elapsed / 1000).toFixed(1)} s`;
    return (
      <span class="query-run">
        <Button icon="close" title={text.value.runningFor(seconds)} onClick={() => session.cancel(id)}>
          {text.value.cancel} <span class="query-elapsed">{seconds}</span>
        </Button>
      </span>
    );
  }
  return (
    <span class="query-run">
      <Button
        icon="play"
        kind={isChanged ? 'primary' : 'default'}
        title={`${text.value.run} (Enter)`}
        onClick={() => session.run(id)}
      >
        {text.value.run}
      </Button>
    </span>
  );
}

/** Milliseconds since the start, ten times a second; `null` while nothing runs. */
function useElapsed(startedMilliseconds: number | null): number | null {
  const now = useSignal(0);
  useEffect(() => {
    if (startedMilliseconds === null) return;
    now.value = performance.now();
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 100);
    return () => clearInterval(timer);
  }, [startedMilliseconds]);
  return startedMilliseconds === null ? null : Math.max(0, now.value - startedMilliseconds);
}
