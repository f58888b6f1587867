import { Button } from '../../components/button';
import { useElapsedSeconds } from './elapsed';
import type { Entry, ExploreSession } from './session';
import { text } from './text';

/** Runs a query, and cancels it while it takes long. */
export function RunButton({ session, entry }: { session: ExploreSession; entry: Entry }) {
  const { id, spec, draft } = entry;
  const isChanged = draft.value !== spec.expr;
  const isRunning = useElapsedSeconds(entry) !== null;
  return (
    <span class="query-run">
      {isRunning && <span class="query-progress" />}
      {isRunning && !isChanged ? (
        <Button icon="close" onClick={() => session.cancel(id)}>
          {text.value.cancel}
        </Button>
      ) : (
        <Button
          icon="play"
          kind={isChanged ? 'primary' : 'default'}
          title={`${text.value.run} (Enter)`}
          onClick={() => session.run(id)}
        >
          {text.value.run}
        </Button>
      )}
    </span>
  );
}
