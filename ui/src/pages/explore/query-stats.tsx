import { formatValue } from '../../format/units';
import { formatCount } from './format-count';
import type { Entry } from './session';
import { text } from './text';

/** How much a query brought and what it took. */
export function QueryStats({ entry }: { entry: Entry }) {
  const { spec, draft, graph, table } = entry;
  const graphAnswer = graph.state.value.answer;
  const tableAnswer = table.state.value.answer;
  const words = text.value.stats;
  const parts: string[] = [];
  if (graphAnswer) {
    const { series, histograms } = graphAnswer.data;
    const count = series.length + histograms.length;
    parts.push(words.series(formatCount(count), count));
  } else if (tableAnswer) {
    const count = tableAnswer.data.rows.length;
    parts.push(words.rows(formatCount(count), count));
  }
  const answer = graphAnswer ?? tableAnswer;
  if (answer) {
    parts.push(formatValue(answer.elapsedSeconds, 's'));
    const { samplesRead } = answer.data;
    if (samplesRead !== null) parts.push(words.samples(formatCount(samplesRead)));
  } else if (!spec.enabled) {
    parts.push(text.value.disabled);
  }
  return (
    <p class="query-stats" aria-live="polite">
      {draft.value !== spec.expr ? (spec.expr === '' ? words.notRun : words.changed) : parts.join(' · ')}
    </p>
  );
}
