import { expect, test } from 'vitest';
import { excerpt, locateError } from './error-position';

test.each([
  [
    'sum(up',
    'invalid parameter "query": 1:4: parse error: unclosed left parenthesis',
    3,
    4,
    ['sum', '(', 'up'],
  ],
  [
    'rate(up)',
    'invalid parameter "query": 1:6: parse error: expected type range vector',
    5,
    7,
    ['rate(', 'up', ')'],
  ],
  ['a +\n b c', '2:4: parse error: unexpected identifier "c"', 7, 8, [' b ', 'c', '']],
  ['up +', '1:5: parse error: unexpected end of input', 4, 4, ['up +', '', '']],
] as const)('%j: %s', (expr, message, from, to, around) => {
  const located = locateError(expr, message);
  expect(located).toMatchObject({ from, to });
  expect(excerpt(expr, located!)).toEqual(around);
});

test('errors without a place have none', () => {
  expect(locateError('up', 'query timed out in expression evaluation')).toBeNull();
  expect(locateError('up', '9:1: parse error: no such line')).toBeNull();
});

test('the place is cut off the message', () => {
  expect(locateError('x y', 'invalid parameter "query": 1:3: parse error: unexpected "y"')?.message).toBe(
    'unexpected "y"',
  );
});
