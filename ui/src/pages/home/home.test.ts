import { expect, test } from 'vitest';
import type { MatrixSeries, VectorSample } from '../../api/columns';
import { sparklinePaths } from '../../components/sparkline';
import { changesBatch, resources, topChanges } from './changes';
import { listFilesystems } from './filesystems';
import { nameNodes } from './nodes';
import { matchers } from './queries';
import { firstPresent, lastValue, mirrored, total, youngWindow } from './shape';

const column = (...values: number[]) => Float64Array.from(values);
const gap = Number.NaN;

function sample(value: number, labels: Record<string, string> = {}): VectorSample {
  return { labels, time: 0, value, valueText: String(value) };
}

test('changes are ranked by doublings, and noise below the floor is none', () => {
  const before = {
    cpuUser: [sample(0.1)],
    load: [sample(4)],
    forks: [sample(0.1)],
    sent: [sample(1e6, { device: 'eth0' }), sample(10, { device: 'eth1' })],
    received: [sample(1e6, { device: 'gone' })],
  };
  const now = {
    cpuUser: [sample(0.9)],
    load: [sample(4.2)],
    forks: [sample(0.9)],
    sent: [sample(125e3, { device: 'eth0' }), sample(40, { device: 'eth1' })],
    received: [sample(5, { device: 'new' })],
  };
  const changes = topChanges(before, now, 5);
  expect(changes.map(({ resource, part }) => `${resource} ${part}`.trim())).toEqual(['cpuUser', 'sent eth0']);
  expect(changes[0]!.doublings).toBeGreaterThan(2);
  expect(changes[1]!.doublings).toBeLessThan(-2);
  expect(topChanges(before, now, 1)).toHaveLength(1);
});

test('every resource asks for one machine only', () => {
  const node = { job: 'a"b', instance: 'host:9100', name: 'x' };
  const expressions = Object.values(changesBatch(node, '1m'));
  expect(expressions).toHaveLength(Object.keys(resources).length);
  for (const expression of expressions) expect(expression).toContain('job="a\\"b",instance="host:9100"');
  expect(matchers(node, 'mode="idle"')).toBe('{job="a\\"b",instance="host:9100",mode="idle"}');
});

test('sums skip gaps, and a gap in all stays one', () => {
  const series: MatrixSeries[] = [
    { labels: {}, values: column(1, gap, gap) },
    { labels: {}, values: column(2, 3, gap) },
  ];
  expect([...total(series, 3)]).toEqual([3, 3, gap]);
  expect(lastValue(column(1, 2, gap))).toBe(2);
  expect(lastValue(undefined)).toBeNaN();
  expect(firstPresent([{ values: column(gap, gap, 1) }, { values: column(gap, 1, 1) }])).toBe(1);
  expect(firstPresent([])).toBe(-1);
});

test('the axis of a young server grows in steps', () => {
  const window = { startSeconds: 0, endSeconds: 900 };
  const start = (first: number) => youngWindow(window, first).startSeconds;
  expect([895, 850, 840, 839, 500, 100].map(start)).toEqual([840, 840, 840, 780, 300, 0]);
});

test('the busiest devices are drawn in both directions, idle ones left out', () => {
  const one = (device: string, value: number): MatrixSeries => ({
    labels: { device },
    values: column(value),
  });
  const series = mirrored(
    { series: [one('eth0', 1), one('eth1', 5), one('eth2', 0)], label: (device) => `${device} in` },
    {
      series: [one('eth0', 1), one('eth1', 5), one('eth2', 0)],
      label: (device) => `${device} out`,
      negative: true,
    },
    3,
  );
  expect(series.map(({ name, negative }) => `${name}${negative ? ' -' : ''}`)).toEqual([
    'eth1 in',
    'eth1 out -',
    'eth0 in',
    'eth0 out -',
  ]);
});

test('a device is listed once, at its shortest mountpoint', () => {
  const at = (mountpoint: string, device: string) => ({ mountpoint, device });
  const list = listFilesystems({
    boot: [],
    size: [
      sample(100, at('/var/lib/x', 'a')),
      sample(100, at('/', 'a')),
      sample(10, at('/data', 'b')),
      sample(0, at('/zero', 'c')),
    ],
    available: [
      sample(50, at('/var/lib/x', 'a')),
      sample(50, at('/', 'a')),
      sample(1, at('/data', 'b')),
      sample(0, at('/zero', 'c')),
    ],
  });
  expect(list.map(({ mountpoint, share }) => [mountpoint, share])).toEqual([
    ['/data', 0.9],
    ['/', 0.5],
  ]);
});

test('machines have their host names, and twins their instances', () => {
  const node = (instance: string) => sample(1, { job: 'node', instance });
  const name = (instance: string, nodename: string) => sample(1, { job: 'node', instance, nodename });
  const named = nameNodes({
    nodes: [node('b:1'), node('a:1'), node('c:1'), node('d:1')],
    names: [name('a:1', 'web'), name('b:1', 'web'), name('c:1', 'db')],
  });
  expect(named.map((one) => one.name)).toEqual(['d:1', 'db', 'web (a:1, node)', 'web (b:1, node)']);
});

test('sparklines break at gaps and stay inside of their scale', () => {
  expect(sparklinePaths(column(0, 1, gap, 2, 4)).line).toBe('M0,100L25,75M75,50L100,0');
  expect(sparklinePaths(column(0, 5), 0, 1).line).toBe('M0,100L100,0');
  expect(sparklinePaths(column(1)).line).toBe('');
});
