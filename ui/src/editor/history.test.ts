import { expect, test } from 'vitest';
import { HistoryWalk, parseHistory, withRun } from './history';

test('a run moves to the front, once, and blanks are not kept', () => {
  expect(withRun(['a', 'b'], ' b ')).toEqual(['b', 'a']);
  expect(withRun(['a'], '  ')).toEqual(['a']);
  const full = Array.from({ length: 100 }, (_, i) => `q${i}`);
  expect(withRun(full, 'new')).toHaveLength(100);
  expect(withRun(full, 'new')[0]).toBe('new');
});

test('unreadable history is empty', () => {
  expect(parseHistory('{"a":1}')).toEqual([]);
  expect(parseHistory('[1,"up",')).toEqual([]);
  expect(parseHistory('[1,"up",null]')).toEqual(['up']);
  expect(parseHistory(null)).toEqual([]);
});

test('the arrow keys walk to older entries and back to what was being written', () => {
  const walk = new HistoryWalk(() => ['c', 'b', 'a']);
  expect(walk.step('newer', 'draft')).toBeNull();
  expect(walk.step('older', 'draft')).toBe('c');
  expect(walk.step('older', 'c')).toBe('b');
  expect(walk.step('older', 'b')).toBe('a');
  expect(walk.step('older', 'a')).toBeNull();
  expect(walk.step('newer', 'a')).toBe('b');
  expect(walk.step('newer', 'b')).toBe('c');
  expect(walk.step('newer', 'c')).toBe('draft');
});

test('the first step skips the entry that is already shown', () => {
  const walk = new HistoryWalk(() => ['c', 'b']);
  expect(walk.step('older', 'c')).toBe('b');
  expect(walk.step('newer', 'b')).toBe('c');
});
