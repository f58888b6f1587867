import { expect, test } from 'vitest';
import type { Labels } from '../../api/types';
import { type Choice, choiceSelector, labelUsage, matching, withToggled } from './label-usage';

const series: Labels[] = [
  { __name__: 'x', job: 'a', cpu: '10' },
  { __name__: 'x', job: 'a', cpu: '9' },
  { __name__: 'x', job: 'b' },
];

test('labels and their values are counted, the most used first', () => {
  expect(labelUsage(series)).toEqual([
    {
      name: 'cpu',
      values: [
        { value: '9', count: 1 },
        { value: '10', count: 1 },
      ],
    },
    {
      name: 'job',
      values: [
        { value: 'a', count: 2 },
        { value: 'b', count: 1 },
      ],
    },
  ]);
});

test('a choice narrows the other labels, not its own', () => {
  const choice = withToggled(new Map(), 'job', 'b');
  expect(matching(series, choice)).toHaveLength(1);
  expect(matching(series, choice, 'job')).toHaveLength(3);
  expect(withToggled(choice, 'job', 'b').size).toBe(0);
});

const none: Choice = new Map();

test.each([
  ['up', none, 'up'],
  ['up', withToggled(none, 'job', 'a"b'), 'up{job="a\\"b"}'],
  ['up', withToggled(withToggled(none, 'job', 'a.b'), 'job', 'c'), 'up{job=~"a\\\\.b|c"}'],
  ['http.requests', withToggled(none, 'x y', '1'), '{__name__="http.requests", "x y"="1"}'],
])('%s with a choice is %s', (metric, choice, expected) => {
  expect(choiceSelector(metric, choice)).toBe(expected);
});
