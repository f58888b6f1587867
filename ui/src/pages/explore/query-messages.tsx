import { Icon } from '../../components/icon';
import type { Answer } from './run';
import { text } from './text';

/** What the server remarks about a result: warnings, and notes such as "metric might not be a counter". */
export function QueryMessages({
  graph,
  table,
}: {
  graph: Answer<unknown> | null;
  table: Answer<unknown> | null;
}) {
  const answers = [graph, table].filter((answer) => answer !== null);
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))];
  const infos = [...new Set(answers.flatMap((answer) => answer.infos))];
  if (warnings.length + infos.length === 0) return null;
  return (
    <ul class="query-messages">
      {warnings.map((message) => (
        <li key={message} class="is-warning">
          <Icon name="warning" size={14} />
          <span>
            <span class="visually-hidden">{text.value.warning}: </span>
            {withoutKind(message)}
          </span>
        </li>
      ))}
      {infos.map((message) => (
        <li key={message}>
          <Icon name="info" size={14} />
          <span>
            <span class="visually-hidden">{text.value.info}: </span>
            {withoutKind(message)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The icon already says that it is PromQL's warning or info. */
function withoutKind(message: string): string {
  return message.replace(/^PromQL (?:warning|info): /, '');
}
