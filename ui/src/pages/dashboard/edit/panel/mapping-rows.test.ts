import { expect, test } from 'vitest';
import type { ValueMapping } from '../../../../dashboard/model';
import { mappingsOf, newRow, rowsOf } from './mapping-rows';
import { sortedSteps, withNewStep } from './threshold-steps';

test('mappings become rows in their order, and mappings again', () => {
  const mappings: ValueMapping[] = [
    {
      type: 'value',
      options: { '0': { text: 'down', color: 'red', index: 1 }, '1': { text: 'up', index: 0 } },
    },
    { type: 'range', options: { from: 5, to: null, result: { text: 'many', index: 2 } } },
    { type: 'regex', options: { pattern: '.*', result: { text: 'any', index: 3 } } },
    { type: 'special', options: { match: 'null', result: { text: '-', index: 4 } } },
  ];
  const rows = rowsOf(mappings);
  expect(rows.map((row) => row.result.text)).toEqual(['up', 'down', 'many', 'any', '-']);
  expect(mappingsOf(rows)).toEqual(mappings);
});

test('a value that is not written yet is not kept', () => {
  expect(mappingsOf([newRow('value')])).toEqual([]);
  expect(mappingsOf([newRow('special')])).toHaveLength(1);
});

test('thresholds are sorted and have a base', () => {
  expect(
    sortedSteps([
      { value: 9, color: 'red' },
      { value: 2, color: 'blue' },
    ]),
  ).toEqual([
    { value: null, color: 'green' },
    { value: 2, color: 'blue' },
    { value: 9, color: 'red' },
  ]);
  const first = withNewStep([{ value: null, color: 'green' }], 'absolute');
  expect(first.at(-1)).toEqual({ value: 80, color: 'red' });
  expect(withNewStep(first, 'absolute').at(-1)).toEqual({ value: 90, color: 'orange' });
});
