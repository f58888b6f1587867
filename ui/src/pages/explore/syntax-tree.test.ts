import { expect, test } from 'vitest';
import { nodeText, nodeTitle, type SyntaxNode, selectorsOf } from './syntax-tree';

const selector = (name: string, matchers: [string, '=' | '=~', string][] = []) => ({
  name,
  matchers: [
    ...matchers.map(([label, type, value]) => ({ name: label, type, value })),
    ...(name ? [{ name: '__name__', type: '=' as const, value: name }] : []),
  ],
  offset: 0,
  timestamp: null,
  startOrEnd: null,
});

const vector = (name: string, matchers?: [string, '=' | '=~', string][]): SyntaxNode => ({
  type: 'vectorSelector',
  ...selector(name, matchers),
});

const trees: [string, string, SyntaxNode][] = [
  ['up', 'up', vector('up')],
  ['a.b', '{"c d"="x\\"y", __name__="a.b"}', vector('a.b', [['c d', '=', 'x"y']])],
  [
    'rate over a shifted range',
    'rate(up{job=~"a.*"}[5m] @ end() offset -1h30m)',
    {
      type: 'call',
      func: { name: 'rate' },
      args: [
        {
          type: 'matrixSelector',
          ...selector('up', [['job', '=~', 'a.*']]),
          range: 300_000,
          offset: -5_400_000,
          startOrEnd: 'end',
        },
      ],
    },
  ],
  [
    'aggregation with a parameter',
    'topk by (job) (3, up)',
    {
      type: 'aggregation',
      op: 'topk',
      param: { type: 'numberLiteral', val: '3' },
      expr: vector('up'),
      grouping: ['job'],
      without: false,
    },
  ],
  [
    'join',
    '(a) / bool on (x) group_left (y) -b',
    {
      type: 'binaryExpr',
      op: '/',
      bool: true,
      lhs: { type: 'parenExpr', expr: vector('a') },
      rhs: { type: 'unaryExpr', op: '-', expr: vector('b') },
      matching: { card: 'many-to-one', labels: ['x'], on: true, include: ['y'] },
    },
  ],
  [
    'subquery',
    'up[1h:]',
    {
      type: 'subquery',
      expr: vector('up'),
      range: 3_600_000,
      step: 0,
      offset: 0,
      timestamp: null,
      startOrEnd: null,
    },
  ],
];

test.each(trees)('%s is written as %s', (_, expected, tree) => {
  expect(nodeText(tree)).toBe(expected);
});

test('a title leaves the operands out, and selectors are found at any depth', () => {
  const join = trees[4]![2];
  expect(nodeTitle(join)).toBe('/ bool on (x) group_left (y)');
  expect(selectorsOf(join).map(({ name }) => name)).toEqual(['a', 'b']);
});
