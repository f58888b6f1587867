import './relabel-steps.css';
import { useSignal } from '@preact/signals';
import { isMissing, relabelSteps } from '../../api/scrape';
import type { Labels } from '../../api/types';
import { useResult } from '../../api/use-result';
import { Icon } from '../../components/icon';
import { ErrorNotice, Notice, Skeleton } from '../../components/notice';
import type { LabelDifference } from './label-diff';
import { droppedBy, type StepView, viewSteps } from './relabel-rule';
import { text } from './text';

export type RelabelStepsProps = { scrapePool: string; labels: Labels; beginsOpen?: boolean };

/** What every relabelling rule of the pool does to these discovered labels. Asked for when opened. */
export function RelabelSteps({ scrapePool, labels, beginsOpen = false }: RelabelStepsProps) {
  const isOpen = useSignal(beginsOpen);
  return (
    <section class="relabel" aria-label={text.value.steps.title}>
      <button
        type="button"
        class="relabel-toggle"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.peek();
        }}
      >
        <Icon name={isOpen.value ? 'chevronDown' : 'chevronRight'} />
        {text.value.steps.title}
      </button>
      {isOpen.value && <Steps scrapePool={scrapePool} labels={labels} />}
    </section>
  );
}

function Steps({ scrapePool, labels }: { scrapePool: string; labels: Labels }) {
  const identity = JSON.stringify([scrapePool, labels]);
  const result = useResult((signal) => relabelSteps({ scrapePool, labels, signal }), identity);
  const { data, error } = result.value;
  const words = text.value.steps;
  if (error) {
    return isMissing(error) ? <Notice level="info" title={words.missing} /> : <ErrorNotice error={error} />;
  }
  if (!data) return <Skeleton height="64px" />;
  const steps = viewSteps(labels, data.steps ?? []);
  if (steps.length === 0) return <p class="relabel-none">{words.none}</p>;
  const culprit = droppedBy(steps);
  return (
    <>
      <p class={culprit ? 'relabel-verdict is-bad' : 'relabel-verdict'}>
        <Icon name={culprit ? 'error' : 'check'} size={14} />
        {culprit ? words.droppedBy(culprit.number) : words.kept}
      </p>
      <ol class="relabel-steps">
        {steps.map((step) => (
          <Step key={step.number} step={step} />
        ))}
      </ol>
    </>
  );
}

function Step({ step }: { step: StepView }) {
  const words = text.value.steps;
  return (
    <li class={`relabel-step is-${step.outcome}`}>
      <span class="relabel-number">{step.number}</span>
      <code class="relabel-action">{step.action}</code>
      <code class="relabel-rule">{step.rule}</code>
      <span class="relabel-outcome">
        {step.outcome === 'changed' ? (
          step.changes.map((change) => <Change key={change.name} change={change} />)
        ) : (
          <span>{words[step.outcome]}</span>
        )}
      </span>
    </li>
  );
}

function Change({ change: { name, change, before, after } }: { change: LabelDifference }) {
  return (
    <code class={`relabel-change is-${change}`}>
      {change === 'removed' ? (
        <del>{`${name}="${before}"`}</del>
      ) : (
        <>
          {change === 'changed' && <del>{`"${before}"`}</del>} {`${name}="${after}"`}
        </>
      )}
    </code>
  );
}
