import './explain-tree.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ApiError } from '../../api/errors';
import { queryInstant } from '../../api/prometheus';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { fillVariables } from '../../editor/variables';
import { formatValue } from '../../format/units';
import type { TimeControl } from '../../time/control';
import { formatCount } from './format-count';
import { childrenOf, nodeText, nodeTitle, parseQuery, type SyntaxNode } from './syntax-tree';
import { text } from './text';

/** The expression as a tree: what is evaluated from what, and how many results each part has. */
export function ExplainTree({ expr, control }: { expr: string; control: TimeControl }) {
  const root = useSignal<SyntaxNode | null>(null);
  const error = useSignal<ApiError | null>(null);
  const { startSeconds, endSeconds } = control.window.value;
  const plain = useMemo(
    () =>
      fillVariables(expr, {
        interval: 60,
        rate_interval: 240,
        range: Math.max(1, Math.round(endSeconds - startSeconds)),
      }),
    [expr],
  );
  useEffect(() => {
    if (plain.trim() === '') return;
    const controller = new AbortController();
    // While typing, only the pauses are worth a request.
    const timer = setTimeout(() => {
      parseQuery(plain, controller.signal).then((parsed) => {
        if (parsed.ok) {
          root.value = parsed.data;
          error.value = null;
        } else if (parsed.error.kind !== 'aborted') {
          error.value = parsed.error;
        }
      });
    }, 250);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [plain]);
  return (
    <div class="explain">
      <h3>{text.value.tree.title}</h3>
      {error.value && <ErrorNotice error={error.value} />}
      {root.value && !error.value && (
        <ul class="explain-root">
          <Branch node={root.value} timeSeconds={endSeconds} />
        </ul>
      )}
    </div>
  );
}

function Branch({ node, timeSeconds }: { node: SyntaxNode; timeSeconds: number }) {
  // Parentheses group and do nothing else.
  if (node.type === 'parenExpr') return <Branch node={node.expr} timeSeconds={timeSeconds} />;
  const children = childrenOf(node);
  return (
    <li>
      <div class="explain-node">
        <code class={`explain-title is-${node.type}`}>{nodeTitle(node)}</code>
        <Outcome node={node} timeSeconds={timeSeconds} />
      </div>
      {children.length > 0 && (
        <ul>
          {children.map((child, i) => (
            <Branch key={i} node={child} timeSeconds={timeSeconds} />
          ))}
        </ul>
      )}
    </li>
  );
}

type Counted = { count: number; elapsedSeconds: number; value?: string } | { failed: string };

/** How many results a part has at the end of the range, and how long that took. */
function Outcome({ node, timeSeconds }: { node: SyntaxNode; timeSeconds: number }) {
  const counted = useSignal<Counted | null>(null);
  const expr = nodeText(node);
  const isLiteral = node.type === 'numberLiteral' || node.type === 'stringLiteral';
  const time = useRef(timeSeconds);
  time.current = timeSeconds;
  useEffect(() => {
    if (isLiteral) return;
    const controller = new AbortController();
    const started = performance.now();
    queryInstant({ query: expr, timeSeconds: time.current, signal: controller.signal }).then((result) => {
      if (!result.ok) {
        if (result.error.kind !== 'aborted') counted.value = { failed: result.error.message };
        return;
      }
      const { samples, resultType } = result.data;
      const series = new Set(samples.map(({ labels }) => JSON.stringify(labels)));
      counted.value = {
        count: series.size,
        elapsedSeconds: (performance.now() - started) / 1000,
        value: resultType === 'scalar' ? samples[0]?.valueText : undefined,
      };
    });
    return () => controller.abort();
  }, [expr]);
  if (isLiteral) return null;
  const outcome = counted.value;
  if (!outcome) return <Skeleton width="72px" height="12px" />;
  if ('failed' in outcome) {
    return (
      <span class="explain-outcome is-bad" title={outcome.failed}>
        {text.value.tree.failed}
      </span>
    );
  }
  return (
    <span class={outcome.count === 0 ? 'explain-outcome is-empty' : 'explain-outcome'}>
      {outcome.value ?? text.value.tree.results(formatCount(outcome.count), outcome.count)} ·{' '}
      {formatValue(outcome.elapsedSeconds, 's')}
    </span>
  );
}
