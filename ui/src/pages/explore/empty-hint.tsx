import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button';
import { EmptyState } from '../../components/notice';
import { formatValue } from '../../format/units';
import type { TimeControl } from '../../time/control';
import { absoluteRange, type TimeWindow } from '../../time/range';
import { type EmptyReason, explainEmpty } from './explain-empty';
import { text } from './text';

export type EmptyHintProps = {
  expr: string;
  window: TimeWindow;
  control: TimeControl;
  /** Runs another expression in place of this one. */
  onPick(expr: string): void;
};

/** An empty result with the reason, and with a way out where there is one. */
export function EmptyHint({ expr, window, control, onPick }: EmptyHintProps) {
  const reasons = useSignal<EmptyReason[] | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    explainEmpty(expr, window, Date.now() / 1000, controller.signal).then((found) => {
      if (!controller.signal.aborted) reasons.value = found;
    });
    return () => controller.abort();
    // A refresh alone does not look again: the reason seldom changes, and looking costs several requests.
  }, [expr, control.range.value.from, control.range.value.to]);
  return (
    <div class="query-empty">
      <EmptyState icon="search" title={text.value.empty.title}>
        {reasons.value === null ? (
          <p>{text.value.empty.looking}</p>
        ) : (
          reasons.value.map((reason) => (
            <Reason
              key={JSON.stringify(reason)}
              reason={reason}
              expr={expr}
              control={control}
              onPick={onPick}
            />
          ))
        )}
      </EmptyState>
    </div>
  );
}

type ReasonProps = Pick<EmptyHintProps, 'expr' | 'control' | 'onPick'> & { reason: EmptyReason };

function Reason({ reason, expr, control, onPick }: ReasonProps) {
  const words = text.value.empty;
  switch (reason.kind) {
    case 'no-metrics':
      return <p>{words.noMetrics}</p>;
    case 'no-metric':
      return (
        <>
          <p>{words.noMetric(reason.name)}</p>
          <Suggestions
            lead={words.nearest}
            items={reason.nearest}
            onPick={(name) => onPick(replaceName(expr, reason.name, name))}
          />
        </>
      );
    case 'no-label':
      return (
        <>
          <p>{words.noLabel(reason.label, reason.metric)}</p>
          <Suggestions
            lead={words.nearest}
            items={reason.nearest}
            onPick={(name) => onPick(replaceName(expr, reason.label, name))}
          />
        </>
      );
    case 'no-value':
      return (
        <>
          <p>{words.noValue(reason.label, reason.value, reason.metric)}</p>
          <Suggestions
            lead={reason.nearest.length > 0 ? words.nearest : words.values(reason.label)}
            items={reason.nearest.length > 0 ? reason.nearest : reason.values}
            onPick={(value) => onPick(replaceValue(expr, reason.value, value))}
          />
        </>
      );
    case 'no-match':
      return <p>{words.noMatch(reason.selector)}</p>;
    case 'out-of-range':
      return <OutOfRange reason={reason} control={control} />;
    default:
      return <p>{words.filtered}</p>;
  }
}

function OutOfRange({
  reason,
  control,
}: {
  reason: Extract<EmptyReason, { kind: 'out-of-range' }>;
  control: TimeControl;
}) {
  const words = text.value.empty;
  const { selector, lastSeenSeconds } = reason;
  const goThere = () => {
    const { startSeconds, endSeconds } = control.window.peek();
    const width = endSeconds - startSeconds;
    control.setRange(absoluteRange(lastSeenSeconds! - width, lastSeenSeconds!));
  };
  return (
    <>
      <p>
        {words.outOfRange(selector)}{' '}
        {lastSeenSeconds !== null && words.lastSeen(formatValue(Date.now() / 1000 - lastSeenSeconds, 's'))}
      </p>
      {lastSeenSeconds !== null && (
        <p>
          <Button icon="clock" onClick={goThere}>
            {words.goThere}
          </Button>
        </p>
      )}
    </>
  );
}

function Suggestions({
  lead,
  items,
  onPick,
}: {
  lead: ComponentChildren;
  items: string[];
  onPick(item: string): void;
}) {
  if (items.length === 0) return null;
  return (
    <p class="query-suggestions">
      <span>{lead}</span>
      {items.map((item) => (
        <button key={item} type="button" onClick={() => onPick(item)}>
          <code>{item}</code>
        </button>
      ))}
    </p>
  );
}

function replaceName(expr: string, name: string, by: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return expr.replace(new RegExp(`(?<![\\w:])${escaped}(?![\\w:])`, 'g'), () => by);
}

/** The value between any kind of quotes; a regular expression gives way to the plain value. */
function replaceValue(expr: string, value: string, by: string): string {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const quoted = new RegExp(`=~?\\s*(["'\`])${escaped}\\1`);
  return expr.replace(quoted, () => `=${JSON.stringify(by)}`);
}
