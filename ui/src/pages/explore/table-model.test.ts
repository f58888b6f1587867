import { expect, test } from 'vitest';
import { filterRows, sortRows, tableColumns, toCSV, toJSON, toTable, valueColumn } from './table-model';

const { rows } = toTable({
  resultType: 'vector',
  result: [
    { metric: { __name__: 'up', job: 'node', cpu: '10' }, value: [10, '2'] },
    { metric: { __name__: 'up', job: 'node', cpu: '9' }, value: [10, 'NaN'] },
    { metric: { __name__: 'up', job: 'node' }, value: [10, '+Inf'] },
    { metric: { __name__: 'up', job: 'node', cpu: '1' }, value: [10, '-1e-3'] },
  ],
});

const cpus = (sorted: typeof rows | readonly (typeof rows)[number][]) =>
  sorted.map(({ labels }) => labels.cpu);

test('values sort as numbers and labels naturally; what is missing comes last', () => {
  expect(cpus(sortRows(rows, { column: valueColumn, descending: false }))).toEqual([
    '1',
    '10',
    undefined,
    '9',
  ]);
  expect(cpus(sortRows(rows, { column: valueColumn, descending: true }))).toEqual([
    undefined,
    '10',
    '1',
    '9',
  ]);
  expect(cpus(sortRows(rows, { column: 'cpu', descending: false }))).toEqual(['1', '9', '10', undefined]);
  expect(cpus(sortRows(rows, { column: 'cpu', descending: true }))).toEqual(['10', '9', '1', undefined]);
  expect(sortRows(rows, null)).toBe(rows);
});

test('filtering wants every word', () => {
  expect(cpus(filterRows(rows, 'NODE cpu="1'))).toEqual(['10', '1']);
  expect(cpus(filterRows(rows, '+inf'))).toEqual([undefined]);
  expect(filterRows(rows, '  ')).toBe(rows);
});

test('columns tell what differs from what is shared', () => {
  expect(tableColumns(rows)).toEqual({ differing: ['cpu'], shared: ['__name__', 'job'] });
  expect(tableColumns([])).toEqual({ differing: [], shared: [] });
});

test('CSV quotes, and keeps values as they were written', () => {
  const table = toTable({
    resultType: 'matrix',
    result: [
      {
        metric: { path: 'a,"b"\n', job: '=1+1' },
        values: [
          [1769868309.5, '1e+06'],
          [1769868310, '+Inf'],
        ],
      },
      { metric: { job: 'x' }, values: [[1769868309, 'NaN']] },
    ],
  });
  expect(toCSV(table.rows)).toBe(
    'job,path,time,value\r\n' +
      `'=1+1,"a,""b""\n",2026-01-31T14:05:09.500Z,1e+06\r\n` +
      `'=1+1,"a,""b""\n",2026-01-31T14:05:10.000Z,+Inf\r\n` +
      'x,,2026-01-31T14:05:09.000Z,NaN\r\n',
  );
});

test('scalars, strings and histograms are rows too', () => {
  expect(toTable({ resultType: 'scalar', result: [1, '3'] }).rows).toEqual([
    { labels: {}, points: [{ time: 1, text: '3', value: 3 }] },
  ]);
  expect(toTable({ resultType: 'string', result: [1, '3'] }).rows[0]!.points[0]!.value).toBeNaN();
  const histogram = { count: '4', sum: '10', buckets: [] };
  const table = toTable({
    resultType: 'vector',
    result: [{ metric: { a: 'b' }, histogram: [1, histogram] }],
  });
  expect(table.rows[0]!.points[0]).toEqual({ time: 1, histogram, value: 2.5, text: 'count 4, sum 10' });
  expect(JSON.parse(toJSON(table.rows))).toEqual([{ metric: { a: 'b' }, values: [[1, histogram]] }]);
});
