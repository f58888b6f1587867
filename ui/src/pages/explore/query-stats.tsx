import { formatValue } from '../../format/units';
import { useElapsedSeconds } from './elapsed';
import { formatCount } from './format-count';
import type { Entry } from './session';
import { text } from './text';

/** How much a query brought and what it took; while it takes long, for how long it has been running. */
export function QueryStats({ entry }: { entry: Entry }) {
  const elapsedSeconds = useElapsedSeconds(entry);
  const isRunning = elapsedSeconds !== null;
  return (
    <p class="query-stats" aria-live={isRunning ? 'off' : 'polite'}>
      {isRunning ? text.value.runningFor(`${elapsedSeconds.toFixed(1)} s`) : statsOf(entry)}
    </p>
  );
}

function statsOf({ spec, draft, graph, table }: Entry): string {
  const words = text.value.stats;
  if (draft.value !== spec.expr) return spec.expr === '' ? words.notRun : words.changed;
  if (!spec.enabled) return text.value.disabled;
  const graphAnswer = graph.state.value.answer;
  const tableAnswer = table.state.value.answer;
  const answer = graphAnswer ?? tableAnswer;
  if (!answer) return '';
  const parts: string[] = [];
  if (graphAnswer) {
    const { series, histograms } = graphAnswer.data;
    const count = series.length + histograms.length;
    parts.push(words.series(formatCount(count), count));
  } else if (tableAnswer) {
    const count = tableAnswer.data.rows.length;
    parts.push(words.rows(formatCount(count), count));
  }
  parts.push(formatValue(answer.elapsedSeconds, 's'));
  const { samplesRead } = answer.data;
  if (samplesRead !== null) parts.push(words.samples(formatCount(samplesRead)));
  return parts.join(' · ');
}
