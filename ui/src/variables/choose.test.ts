import { expect, test } from 'vitest';
import type { Variable } from '../dashboard/model';
import { chooseValue, savedValue, textOf } from './choose';

const options = [
  { text: 'One', value: '1' },
  { text: 'Two', value: '2' },
];
const variable = (more: Partial<Variable> = {}): Variable => ({ name: 'v', type: 'query', ...more });

test.each([
  ['a choice', {}, '2', '2'],
  ['a choice by its text', {}, 'Two', '2'],
  ['the first', {}, '9', '1'],
  ['nothing wanted', {}, undefined, '1'],
  ['All instead', { includeAll: true }, '9', '$__all'],
  ['All by name', { includeAll: true }, 'All', '$__all'],
  ['All that is not offered', {}, '$__all', '1'],
  ['several', { multi: true }, ['1', '9', '2'], ['1', '2']],
  ['All of several', { multi: true, includeAll: true }, ['$__all'], ['$__all']],
  ['one of several', { multi: true }, '2', ['2']],
] as const)('%s', (_, more, wanted, got) => {
  expect(chooseValue(variable(more), options, wanted as string | string[] | undefined, false)).toEqual(got);
});

test('unknown values stand where they may', () => {
  expect(chooseValue(variable(), options, '9', true)).toBe('9');
  expect(chooseValue(variable({ type: 'textbox' }), [], 'any', false)).toBe('any');
});

test('saved values and texts', () => {
  expect(savedValue(variable({ current: {} }))).toBeUndefined();
  expect(savedValue(variable({ current: { value: ['a'] } }))).toEqual(['a']);
  expect(savedValue({ name: 'c', type: 'constant', query: 'x' })).toBe('x');
  expect(textOf(options, ['1', '7'])).toEqual(['One', '7']);
  expect(textOf(options, ['$__all'])).toBe('All');
});
