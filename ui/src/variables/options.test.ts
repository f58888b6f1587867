import { expect, test } from 'vitest';
import { parseCustom, parseIntervals, readRegex, refine, sortOptions } from './options';

const plain = (...values: string[]) => values.map((value) => ({ text: value, value }));

test('custom values', () => {
  expect(parseCustom('a, b ,One : 1,with\\, comma')).toEqual([
    { text: 'a', value: 'a' },
    { text: 'b', value: 'b' },
    { text: 'One', value: '1' },
    { text: 'with, comma', value: 'with, comma' },
  ]);
  expect(parseCustom('')).toEqual([]);
  expect(parseIntervals('1m,10m, "1h 2" ,1d')).toEqual(['1m', '10m', '1h 2', '1d']);
});

test.each([
  ['/^web-(.*)$/', ['1', '2']],
  ['web-1', ['web-1']],
  ['/WEB/i', ['web-1', 'web-2']],
  ['/(?<text>web)-(?<value>\\d)/', ['1', '2']],
  ['', ['web-1', 'db-1', 'web-2']],
])('regex %s', (regex, wanted) => {
  expect(refine(plain('web-1', 'db-1', 'web-2', 'web-1'), {}, regex).map(({ value }) => value)).toEqual(
    wanted,
  );
});

test('named groups name text and value apart', () => {
  expect(refine(plain('web-1'), {}, '/(?<text>\\w+)-(?<value>\\d)/')).toEqual([{ text: 'web', value: '1' }]);
  expect(() => readRegex('/(/')).toThrow();
});

test.each([
  [0, ['b10', 'B2', 'a1']],
  [1, ['B2', 'a1', 'b10']],
  [2, ['b10', 'a1', 'B2']],
  [3, ['a1', 'B2', 'b10']],
  [4, ['b10', 'B2', 'a1']],
  [5, ['a1', 'b10', 'B2']],
  [7, ['a1', 'B2', 'b10']],
  [8, ['b10', 'B2', 'a1']],
])('sort %i', (sort, wanted) => {
  expect(sortOptions(plain('b10', 'B2', 'a1'), sort).map(({ value }) => value)).toEqual(wanted);
});
