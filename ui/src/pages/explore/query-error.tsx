import type { ApiError } from '../../api/errors';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { ErrorNotice, Notice } from '../../components/notice';
import type { LocatedText } from '../../editor/promql-editor';
import { excerpt } from './error-position';
import { text } from './text';

export type QueryErrorProps = {
  error: ApiError;
  located: LocatedText | null;
  onRetry(): void;
  onShowTable(): void;
};

/** Why a query brought nothing: the place of a mistake marked, and what can be done about it. */
export function QueryError({ error, located, onRetry, onShowTable }: QueryErrorProps) {
  if (error.kind === 'aborted') {
    return (
      <div class="query-error">
        <Notice level="info" title={text.value.cancelled}>
          <p>{text.value.cancelledHint}</p>
        </Notice>
      </div>
    );
  }
  if (/invalid expression type "(?:range vector|string)" for range query/.test(error.message)) {
    return (
      <div class="query-error">
        <Notice level="info" title={text.value.noGraph}>
          <p>{text.value.noGraphHint}</p>
          <p class="query-error-actions">
            <Button onClick={onShowTable}>{text.value.showTable}</Button>
          </p>
        </Notice>
      </div>
    );
  }
  if (located) {
    const [before, at, after] = excerpt(located.text, located);
    return (
      <div class="query-error">
        <div class="notice is-bad" role="alert">
          <Icon name="error" />
          <div class="notice-body">
            <strong>{located.message}</strong>
            <p class="query-error-excerpt">
              {before}
              <mark title={text.value.problem.where}>{at || ' '}</mark>
              {after}
            </p>
          </div>
        </div>
      </div>
    );
  }
  return (
    <div class="query-error">
      <ErrorNotice error={error} onRetry={error.kind === 'bad_data' ? undefined : onRetry} />
    </div>
  );
}
