import { expect, test } from 'vitest';
import { getPath, setPath, withDefaults } from './path';

test('values are read by path, and what is not there is undefined', () => {
  const values = { legend: { displayMode: 'table', calcs: ['max'] } };
  expect(getPath(values, 'legend.displayMode')).toBe('table');
  expect(getPath(values, 'legend.placement')).toBeUndefined();
  expect(getPath(values, 'legend.calcs.0')).toBeUndefined();
  expect(getPath(values, '__proto__.x')).toBeUndefined();
  expect(getPath(undefined, 'a')).toBeUndefined();
});

test('setting copies the way down and nothing else', () => {
  const values = { a: { b: 1 }, c: { d: 2 } };
  const next = setPath(values, 'a.b', 3);
  expect(next).toEqual({ a: { b: 3 }, c: { d: 2 } });
  expect(next.c).toBe(values.c);
  expect(values.a.b).toBe(1);
  expect(setPath(values, 'a.b', undefined)).toEqual({ a: {}, c: { d: 2 } });
  expect(setPath(undefined, 'x.y.z', 1)).toEqual({ x: { y: { z: 1 } } });
});

test('defaults fill what is not set', () => {
  const descriptors = [
    { path: 'legend.show', defaultValue: true },
    { path: 'mode', defaultValue: 'auto' },
  ];
  expect(withDefaults({ legend: { show: false } }, descriptors)).toEqual({
    legend: { show: false },
    mode: 'auto',
  });
});
