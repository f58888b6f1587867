import { expect, test } from 'vitest';
import type { Panel, Target } from '../../../../dashboard/model';
import {
  addTarget,
  duplicateTarget,
  expressionRef,
  nextRefId,
  renameTarget,
  withDataSource,
} from './targets';

function panel(...targets: Target[]): Panel {
  return { id: 1, type: 'stat', gridPos: { x: 0, y: 0, w: 1, h: 1 }, targets };
}

test('the next letter is the first that is free', () => {
  expect(nextRefId([])).toBe('A');
  expect(nextRefId([{ refId: 'A' }, { refId: 'C' }])).toBe('B');
  const all = Array.from({ length: 27 }).reduce<Target[]>(
    (list) => [...list, { refId: nextRefId(list) }],
    [],
  );
  expect(all.slice(-3).map(({ refId }) => refId)).toEqual(['Y', 'Z', 'AA']);
});

test('expressions follow a new name', () => {
  const before = panel(
    { refId: 'A', expr: '$A' },
    { refId: 'B', datasource: expressionRef, type: 'math', expression: `$A + \${A} * $AB` },
    { refId: 'C', datasource: expressionRef, type: 'reduce', expression: 'A' },
  );
  const after = renameTarget(before, 0, 'cpu');
  expect(after.targets?.map((target) => target.expression ?? target.expr)).toEqual([
    '$A',
    `$cpu + \${cpu} * $AB`,
    'cpu',
  ]);
  expect(renameTarget(before, 0, 'B')).toBe(before);
});

test('a copy has a letter of its own and stands below', () => {
  const copied = duplicateTarget(panel({ refId: 'A', expr: 'x' }, { refId: 'B' }), 0);
  expect(copied.targets?.map(({ refId, expr }) => `${refId} ${expr}`)).toEqual(['A x', 'C x', 'B undefined']);
});

test('queries live on with a source of the same kind, and begin anew with another', () => {
  const before = {
    ...addTarget(panel(), { type: 'prometheus', uid: 'p' }),
    datasource: { type: 'prometheus', uid: 'p' },
  };
  before.targets![0]!.expr = 'up';
  const other = withDataSource(before, { type: 'prometheus', uid: 'q' });
  expect(other.targets?.[0]).toMatchObject({ expr: 'up', datasource: { uid: 'q' } });
  const sql = withDataSource(before, { type: 'mysql', uid: 'm' });
  expect(sql.targets?.[0]).toMatchObject({ refId: 'A', rawSql: '' });
  expect(sql.targets?.[0]?.expr).toBeUndefined();
  const mixed = withDataSource(before, { type: 'datasource', uid: '-- Mixed --' });
  expect(mixed.targets?.[0]).toMatchObject({ expr: 'up', datasource: { uid: 'p' } });
});
