import type { RelabelRule, RelabelStep } from '../../api/scrape';
import type { Labels } from '../../api/types';
import { diffLabels, type LabelDifference } from './label-diff';

/** A rule on one line: what it reads, what it wants, what it writes. Not a sentence, so the same in every language. */
export function formatRule(rule: RelabelRule): string {
  const { regex = '(.*)', separator = ';', replacement = '$1', target_label: target = '' } = rule;
  const source = (rule.source_labels ?? []).join(` ${separator} `) || '""';
  const matching = regex === '(.*)' ? '' : ` =~ ${regex}`;
  switch (rule.action ?? 'replace') {
    case 'keep':
    case 'drop':
      return `${source} =~ ${regex}`;
    case 'keepequal':
    case 'dropequal':
      return `${source} == ${target}`;
    case 'hashmod':
      return `${target} ← hash(${source}) mod ${rule.modulus ?? 0}`;
    case 'lowercase':
      return `${target} ← lower(${source})`;
    case 'uppercase':
      return `${target} ← upper(${source})`;
    case 'labelmap':
      return `${regex} → ${replacement}`;
    case 'labeldrop':
    case 'labelkeep':
      return regex;
    default: {
      if (!rule.source_labels?.length) return `${target} ← ${JSON.stringify(replacement)}`;
      const written = replacement === '$1' && regex === '(.*)' ? '' : ` · ${JSON.stringify(replacement)}`;
      return `${target} ← ${source}${matching}${written}`;
    }
  }
}

export type StepOutcome = 'changed' | 'unchanged' | 'dropped' | 'skipped';

export type StepView = {
  number: number;
  action: string;
  rule: string;
  outcome: StepOutcome;
  /** What the rule changed. */
  changes: LabelDifference[];
};

/** What each rule did, from the labels that it was given. Rules after the one that drops see nothing. */
export function viewSteps(discovered: Labels, steps: readonly RelabelStep[]): StepView[] {
  let before = discovered;
  let isDropped = false;
  return steps.map(({ rule, output, keep }, index) => {
    const view = { number: index + 1, action: rule.action ?? 'replace', rule: formatRule(rule) };
    if (isDropped) return { ...view, outcome: 'skipped', changes: [] };
    if (!keep) {
      isDropped = true;
      return { ...view, outcome: 'dropped', changes: [] };
    }
    const changes = diffLabels(before, output).filter(({ change }) => change !== 'same');
    before = output;
    return { ...view, outcome: changes.length > 0 ? 'changed' : 'unchanged', changes };
  });
}

/** The rule that dropped the target, `null` when all let it pass. */
export function droppedBy(steps: readonly StepView[]): StepView | null {
  return steps.find(({ outcome }) => outcome === 'dropped') ?? null;
}
