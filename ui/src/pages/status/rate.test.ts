import { expect, test } from 'vitest';
import { sumFamilies } from '../../api/storage';
import { ratePerSecond } from './rate';

test('a rate needs time and no reset', () => {
  expect(ratePerSecond({ value: 10, seconds: 1 }, { value: 30, seconds: 5 })).toBe(5);
  expect(ratePerSecond({ value: 10, seconds: 1 }, { value: 3, seconds: 5 })).toBeNull();
  expect(ratePerSecond({ value: 10, seconds: 1 }, { value: 30, seconds: 1 })).toBeNull();
});

test('metrics of the server are summed over their series; zeros are left out on the wire', () => {
  const sums = sumFamilies([
    { name: 'a', metric: [{ counter: { value: 2 } }, { counter: {} }, { counter: { value: 3 } }] },
    { name: 'b', metric: [{ gauge: { value: 7 } }] },
    { name: 'c' },
  ]);
  expect([...sums]).toEqual([
    ['a', 5],
    ['b', 7],
    ['c', 0],
  ]);
});
