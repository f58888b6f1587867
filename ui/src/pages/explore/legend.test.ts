import { expect, test } from 'vitest';
import type { Labels } from '../../api/types';
import { differingLabels, fillLegend, legendNames } from './legend';

test.each([
  ['{{job}} on {{ instance }}', 'node on a:1'],
  ['{{missing}}', ''],
  ['plain', 'plain'],
  ['{{job}}{{job}}', 'nodenode'],
  ['{{}} {job}', '{{}} {job}'],
])('%s becomes %s', (template, expected) => {
  expect(fillLegend(template, { job: 'node', instance: 'a:1' })).toBe(expected);
});

test('series are named by what tells them apart', () => {
  const series: Labels[] = [
    { __name__: 'up', job: 'node', instance: 'a' },
    { __name__: 'up', job: 'node', instance: 'b' },
    { __name__: 'up', job: 'node' },
  ];
  expect(differingLabels(series)).toEqual(['instance']);
  expect(legendNames(series, '', 'up')).toEqual(['{instance="a"}', '{instance="b"}', 'up{job="node"}']);
});

test('a lone series has its full name, and one without labels the expression', () => {
  expect(legendNames([{ __name__: 'up', job: 'node' }], '', 'up')).toEqual(['up{job="node"}']);
  expect(legendNames([{}], '', 'sum(up)')).toEqual(['sum(up)']);
  expect(legendNames([{}], '{{job}}', 'sum(up)')).toEqual(['sum(up)']);
});
