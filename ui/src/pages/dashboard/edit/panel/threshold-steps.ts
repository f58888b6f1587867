import type { Thresholds } from '../../../../dashboard/model';

type Steps = Thresholds['steps'];

/** By value; the first is the base, which has none. */
export function sortedSteps(steps: Steps): Steps {
  const base = steps.find(({ value }) => value === null) ?? { value: null, color: 'green' };
  const others = steps.filter((step) => step.value !== null);
  return [base, ...others.toSorted((a, b) => a.value! - b.value!)];
}

const turn = ['red', 'orange', 'yellow', 'blue', 'purple', 'green'];

/** One more above all, in a colour that no step has yet. */
export function withNewStep(steps: Steps, mode: Thresholds['mode']): Steps {
  const highest = steps.at(-1)?.value ?? null;
  const gap = steps.length > 2 ? highest! - (steps.at(-2)?.value ?? 0) : 10;
  const value = highest === null ? 80 : highest + (gap || 10);
  const color = turn.find((candidate) => !steps.some((step) => step.color === candidate)) ?? 'red';
  return [...steps, { value: mode === 'percentage' ? Math.min(100, value) : value, color }];
}
