import { expect, test } from 'vitest';
import { droppedBy, formatRule, viewSteps } from './relabel-rule';

const rule = { separator: ';', regex: '(.*)', replacement: '$1' };

test.each([
  [{ ...rule, action: 'replace', source_labels: ['a'], target_label: 'b' }, 'b ← a'],
  [
    {
      ...rule,
      action: 'replace',
      source_labels: ['a', 'c'],
      regex: '(.+);x',
      replacement: '$1-y',
      target_label: 'b',
    },
    'b ← a ; c =~ (.+);x · "$1-y"',
  ],
  [{ ...rule, action: 'replace', target_label: 'b', replacement: 'fixed' }, 'b ← "fixed"'],
  [{ ...rule, action: 'drop', source_labels: ['ns'], regex: 'kube-.*' }, 'ns =~ kube-.*'],
  [{ ...rule, action: 'keepequal', source_labels: ['a'], target_label: 'b' }, 'a == b'],
  [{ ...rule, action: 'hashmod', source_labels: ['a'], modulus: 4, target_label: 'm' }, 'm ← hash(a) mod 4'],
  [{ ...rule, action: 'lowercase', source_labels: ['a'], target_label: 'b' }, 'b ← lower(a)'],
  [{ ...rule, action: 'labelmap', regex: '__meta_(.+)' }, '__meta_(.+) → $1'],
  [{ ...rule, action: 'labeldrop', regex: 'tmp' }, 'tmp'],
])('%o', (given, expected) => {
  expect(formatRule(given)).toBe(expected);
});

test('steps tell what they changed, and which one dropped the target', () => {
  const steps = viewSteps({ a: '1' }, [
    {
      rule: { ...rule, action: 'replace', source_labels: ['a'], target_label: 'b' },
      output: { a: '1', b: '1' },
      keep: true,
    },
    { rule: { ...rule, action: 'labeldrop', regex: 'zzz' }, output: { a: '1', b: '1' }, keep: true },
    { rule: { ...rule, action: 'drop', source_labels: ['b'], regex: '1' }, output: {}, keep: false },
    { rule: { ...rule, action: 'labeldrop', regex: 'a' }, output: {}, keep: false },
  ]);
  expect(steps.map(({ outcome }) => outcome)).toEqual(['changed', 'unchanged', 'dropped', 'skipped']);
  expect(steps[0]!.changes).toEqual([
    { name: 'b', change: 'added', before: undefined, after: '1', isInternal: false },
  ]);
  expect(droppedBy(steps)?.number).toBe(3);
  expect(droppedBy(steps.slice(0, 2))).toBeNull();
});
