import { expect, test } from 'vitest';
import { offered, toggled, visibleRows } from './selection';

const options = ['web-1', 'db-web', 'db-2'].map((value) => ({ text: value, value }));
const values = (list: { value: string }[]) => list.map(({ value }) => value);

test('a search keeps what fits, what begins with it first', () => {
  expect(values(offered(options, true, '', true))).toEqual(['$__all', 'web-1', 'db-web', 'db-2']);
  expect(values(offered(options, true, 'WEB', false))).toEqual(['web-1', 'db-web']);
  expect(values(offered(options, true, 'db-', true))).toEqual(['db-web', 'db-2', 'db-']);
  expect(values(offered(options, false, 'db-2', true))).toEqual(['db-2']);
});

test('All and single choices exclude each other', () => {
  expect(toggled(['$__all'], 'a')).toEqual(['a']);
  expect(toggled(['a', 'b'], '$__all')).toEqual(['$__all']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
  expect(toggled(['$__all'], '$__all')).toEqual([]);
});

test('only rows near the sight are drawn', () => {
  expect(visibleRows(5000, 28, 2800, 280)).toEqual({ first: 95, last: 115 });
  expect(visibleRows(3, 28, 0, 280)).toEqual({ first: 0, last: 3 });
});
