import { expect, test } from 'vitest';
import { isTypedOut } from './typed-out';

// `|` is the cursor.
test.each([
  ['up|', 'up', true],
  ['sum(up|)', 'up', true],
  ['x{kind="books|"}', 'books', true],
  ['u|', 'up', false],
  ['up|', 'up_total', false],
  ['job:up|', 'up', false],
  ['up|time', 'up', false],
  ['backup|', 'up', false],
  ['|', 'up', false],
])('%s with %s chosen: %s', (marked, label, expected) => {
  expect(isTypedOut(marked.replace('|', ''), marked.indexOf('|'), { label })).toBe(expected);
});

test('what an option puts in counts, not its label', () => {
  expect(isTypedOut('up', 2, { label: 'up', apply: 'up{}' })).toBe(false);
  expect(isTypedOut('up', 2, { label: 'up', apply: () => {} })).toBe(false);
});
