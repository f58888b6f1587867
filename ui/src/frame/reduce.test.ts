import { expect, test } from 'vitest';
import { fieldOf } from './columns';
import { reduceField, reducerOf, reducers } from './reduce';

const numbers = (cells: (number | null)[]) => fieldOf('number', cells, { name: 'v' });

test.each([
  ['last', [1, 2, null], null],
  ['lastNotNull', [1, 2, null], 2],
  ['first', [null, 2], null],
  ['firstNotNull', [null, 2], 2],
  ['min', [3, 1, null], 1],
  ['max', [3, 1, null], 3],
  ['mean', [2, 4, null], 3],
  ['sum', [2, 4, null], 6],
  ['count', [2, 4, null], 2],
  ['countAll', [2, 4, null], 3],
  ['range', [2, 7], 5],
  ['diff', [2, 7], 5],
  ['diffperc', [2, 7], 250],
  ['delta', [10, 20, 5, 15, 30, 2], 42],
  ['step', [1, 4, 6], 2],
  ['logmin', [-1, 0, 3, 2], 2],
  ['allIsZero', [0, 0, null], true],
  ['allIsNull', [null, null], true],
  ['changeCount', [1, 1, 2, 1], 2],
  ['distinctCount', [1, 1, 2, null], 2],
  ['median', [5, 1, 3, 2], 2.5],
  ['variance', [2, 4, 4, 4, 5, 5, 7, 9], 4],
  ['stdDev', [2, 4, 4, 4, 5, 5, 7, 9], 2],
  ['p95', Array.from({ length: 101 }, (_, index) => index), 95],
  ['max', [], null],
  ['mean', [null], null],
  ['notKnown', [1], null],
  ['avg', [1, 3], 2],
] as [string, (number | null)[], unknown][])('%s of %j is %j', (id, cells, expected) => {
  expect(reduceField(numbers(cells), [id])[id]).toEqual(expected);
});

test('lists of values, and columns of texts', () => {
  const texts = fieldOf('string', ['a', 'b', 'a'], { name: 't' });
  expect(reduceField(texts, ['lastNotNull', 'distinctCount', 'uniqueValues', 'sum', 'count'])).toEqual({
    lastNotNull: 'a',
    distinctCount: 2,
    uniqueValues: ['a', 'b'],
    sum: null,
    count: 3,
  });
});

test('every reducer has a name in both languages', () => {
  expect(new Set(reducers.map(({ id }) => id)).size).toBe(reducers.length);
  expect(reducers.every(({ name }) => name[0] && name[1])).toBe(true);
  expect(reducerOf('current')?.id).toBe('lastNotNull');
});
