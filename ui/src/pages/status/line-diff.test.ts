import { expect, test } from 'vitest';
import { diffLines } from './line-diff';

const signs = { same: ' ', added: '+', removed: '-' };
const diff = (before: string, after: string) =>
  diffLines([...before], [...after])
    .map(({ kind, text }) => `${signs[kind]}${text}`)
    .join('');

test.each([
  ['abc', 'abc', ' a b c'],
  ['abc', 'axc', ' a-b+x c'],
  ['abc', 'ac', ' a-b c'],
  ['ac', 'abc', ' a+b c'],
  ['', 'ab', '+a+b'],
  ['ab', '', '-a-b'],
  ['aXbYc', 'abZc', ' a-X b-Y+Z c'],
  ['aa', 'a', ' a-a'],
])('%s to %s', (before, after, expected) => {
  expect(diff(before, after)).toBe(expected);
});

test('numbers are those of the new text', () => {
  expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'y', 'c']).map(({ number }) => number)).toEqual([
    1,
    null,
    2,
    3,
    4,
  ]);
});

test('texts too large to compare are replaced as a whole, and nothing is lost', () => {
  const before = Array.from({ length: 2500 }, (_, i) => `old ${i}`);
  const after = Array.from({ length: 2500 }, (_, i) => `new ${i}`);
  const lines = diffLines(['same', ...before], ['same', ...after]);
  expect(lines.filter(({ kind }) => kind === 'removed')).toHaveLength(2500);
  expect(lines.filter(({ kind }) => kind === 'added')).toHaveLength(2500);
  expect(lines[0]).toEqual({ kind: 'same', text: 'same', number: 1 });
});
