import { expect, test } from 'vitest';
import type { Variable } from '../dashboard/model';
import { orderVariables } from './dependencies';

const query = (name: string, text: string, more: Partial<Variable> = {}): Variable => ({
  name,
  type: 'query',
  query: text,
  ...more,
});

test('each comes after what it depends on, however deep', () => {
  const order = orderVariables([
    query('pod', 'label_values(up{node="$node", cluster=~"${cluster:regex}"}, pod)'),
    query('node', 'label_values(up{cluster="$cluster"}, node)', { datasource: { uid: '$ds' } }),
    query('cluster', 'label_values(cluster)', { datasource: { uid: '${ds}' } }),
    { name: 'ds', type: 'datasource', query: 'prometheus' },
    query('other', 'label_values(x, y)', { regex: '/$node/' }),
  ]);
  expect(order.names).toEqual(['ds', 'cluster', 'node', 'pod', 'other']);
  expect(order.dependencies.get('pod')).toEqual(['node', 'cluster']);
  expect(order.rings.size).toBe(0);
});

test('a ring is cut and told', () => {
  const order = orderVariables([
    query('a', '$b'),
    query('b', '$c'),
    query('c', '$a'),
    query('self', '$self'),
  ]);
  expect(order.names).toEqual(['c', 'b', 'a', 'self']);
  expect([...order.rings]).toEqual([['c', ['a', 'b', 'c', 'a']]]);
});
