import { expect, test } from 'vitest';
import { editDistance, nearestNames } from './nearest';

const known = [
  'node_cpu_seconds_total',
  'node_cpu_guest_seconds_total',
  'node_load1',
  'node_load15',
  'process_cpu_seconds_total',
  'up',
  'http_requests_total',
];

test.each([
  ['node_cpu', ['node_cpu_seconds_total', 'node_cpu_guest_seconds_total']],
  ['node_cpu_second_total', ['node_cpu_seconds_total', 'process_cpu_seconds_total']],
  ['node_laod1', ['node_load1', 'node_load15']],
  ['total_http_requests', ['http_requests_total']],
  ['Up', ['up']],
  ['zzz', []],
])('near %s are %j', (name, expected) => {
  expect(nearestNames(name, known, 2)).toEqual(expected);
});

test('a name that exists is not its own neighbour', () => {
  expect(nearestNames('up', ['up'])).toEqual([]);
});

test.each([
  ['', 'abc', 3],
  ['laod', 'load', 1],
  ['kitten', 'sitting', 3],
])('%j to %j takes %d edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
});
