import { expect, test } from 'vitest';
import { bestMatches, matchScore } from './palette-search';

const metrics = [
  'node_cpu_seconds_total',
  'node_cpu_guest_seconds_total',
  'process_cpu_seconds_total',
  'node_memory_MemTotal_bytes',
  'up',
];
const find = (wanted: string) => bestMatches(wanted, metrics, (metric) => metric, 3);

test('the closest name comes first', () => {
  expect(find('up')).toEqual(['up']);
  expect(find('node_cpu')).toEqual(['node_cpu_seconds_total', 'node_cpu_guest_seconds_total']);
  expect(find('cpu')[0]).toBe('node_cpu_seconds_total');
  expect(find('total cpu node')).toEqual(['node_cpu_seconds_total', 'node_cpu_guest_seconds_total']);
  expect(find('memtotal')).toEqual(['node_memory_MemTotal_bytes']);
  expect(find('ncst')).toContain('node_cpu_seconds_total');
});

test('nothing wanted keeps the order, and what does not match is left out', () => {
  expect(find('  ')).toEqual(metrics.slice(0, 3));
  expect(find('zzz')).toEqual([]);
  expect(matchScore('a b', 'a')).toBe(0);
});
