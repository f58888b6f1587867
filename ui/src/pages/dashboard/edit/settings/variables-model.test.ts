import { expect, test } from 'vitest';
import type { Dashboard, Variable } from '../../../../dashboard/model';
import { nameProblem, newVariable, ofType, queryText, uses, withQueryText } from './variables-model';

test('names', () => {
  const others: Variable[] = [{ name: 'job', type: 'custom' }];
  expect(nameProblem('job', others)).toBe('taken');
  expect(nameProblem('', others)).toBe('empty');
  expect(nameProblem('a b', others)).toBe('letters');
  expect(nameProblem('__x', others)).toBe('reserved');
  expect(nameProblem('job2', others)).toBeNull();
  expect(newVariable([{ name: 'query0', type: 'query' }]).name).toBe('query1');
});

test('another kind keeps who it is and drops what it did', () => {
  const query: Variable = {
    name: 'a',
    type: 'query',
    label: 'A',
    regex: '/x/',
    query: 'label_values(up, job)',
  };
  expect(ofType(query, 'textbox')).toEqual({ name: 'a', type: 'textbox', label: 'A', hide: 0, query: '' });
});

test('the text of a query in either form', () => {
  const object: Variable = {
    name: 'a',
    type: 'query',
    query: { qryType: 1, label: 'job', query: 'label_values(job)', refId: 'R' },
  };
  expect(queryText(object)).toBe('label_values(job)');
  expect(withQueryText(object, 'metrics(x)')).toMatchObject({
    query: { query: 'metrics(x)', refId: 'R' },
    definition: 'metrics(x)',
  });
  expect(withQueryText({ ...object, query: 'x' }, 'y').query).toBe('y');
});

test('uses are counted in all forms, and not in names that only begin alike', () => {
  const dashboard: Dashboard = {
    uid: '',
    title: '$job',
    panels: [
      {
        id: 1,
        type: 'stat',
        gridPos: { x: 0, y: 0, w: 1, h: 1 },
        repeat: 'job',
        targets: [{ refId: 'A', expr: `up{job="$job", x="\${job:regex}", y="[[job]]", z="$jobs"}` }],
      },
    ],
    templating: {
      list: [
        { name: 'job', type: 'custom', query: '$job' },
        { name: 'b', type: 'query', query: 'f($job)' },
      ],
    },
  };
  expect(uses(dashboard, 'job')).toBe(6);
});
