import { expect, test } from 'vitest';
import { diffLabels, sortedLabels } from './label-diff';

test('every label is kept, changed, added or removed; internal ones come last', () => {
  const before = { __address__: 'a:1', __meta_x: '1', job: 'j', instance: 'old', gone: 'x' };
  const after = { job: 'j', instance: 'new', pod: 'p' };
  expect(diffLabels(before, after).map(({ name, change }) => `${change} ${name}`)).toEqual([
    'changed instance',
    'added pod',
    'removed gone',
    'same job',
    'removed __address__',
    'removed __meta_x',
  ]);
});

test('an empty value is a value', () => {
  expect(diffLabels({ a: '' }, { a: '' })[0]).toMatchObject({ change: 'same', before: '', after: '' });
});

test('labels that tell targets apart lead', () => {
  const labels = { __scheme__: 'http', zone: 'b', job: 'j', instance: 'i', __address__: 'a' };
  expect(sortedLabels(labels).map(([name]) => name)).toEqual([
    '__address__',
    'instance',
    'job',
    'zone',
    '__scheme__',
  ]);
});
