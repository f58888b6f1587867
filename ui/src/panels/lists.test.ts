import { expect, test } from 'vitest';
import { fieldOf } from '../frame/columns';
import { applyFieldConfig } from '../frame/field-config';
import { groupInstances, labelMatch, type RulesAnswer, shownRules } from './alertlist/alerts';
import {
  arrangeLogs,
  commonLabels,
  levelOf,
  logRows,
  prettyLine,
  uniqueLabels,
  withoutEscapes,
} from './logs/log-rows';
import { slicePath, slicesOf } from './piechart/slices';
import { honeycomb, outline } from './polystat/honeycomb';
import { polygonsOf } from './polystat/polystat-model';

test.each([
  ['level=error msg=x', {}, undefined, 'error'],
  ['{"level":"WARN"}', {}, undefined, 'warning'],
  ['all is well', { level: 'info' }, undefined, 'info'],
  ['x', {}, 'crit', 'critical'],
  ['2026 ERROR broken', {}, undefined, 'error'],
  ['terror and information', {}, undefined, 'unknown'],
] as const)('%s is of level %4$s', (line, labels, own, level) => {
  expect(levelOf(line, labels, own)).toBe(level);
});

const logs = {
  length: 3,
  fields: [
    fieldOf('other', [{ app: 'a', pod: '1' }, { app: 'a', pod: '2' }, '{"app":"a","pod":"2"}'], {
      name: 'labels',
    }),
    fieldOf('time', [1000, 3000, 2000], { name: 'Time' }),
    fieldOf('string', ['one', 'same 2026-01-01T00:00:00Z', 'same 2026-01-01T00:00:05Z'], { name: 'Line' }),
  ],
};

test('lines are found, put in order, and put together where they are the same', () => {
  const rows = logRows([logs]);
  expect(rows.map(({ labels }) => labels.pod)).toEqual(['1', '2', '2']);
  expect(arrangeLogs(rows, 'Descending', 'none').map(({ time }) => time)).toEqual([3000, 2000, 1000]);
  expect(
    arrangeLogs(rows, 'Ascending', 'exact').map(({ line, duplicates }) => [line.slice(0, 4), duplicates]),
  ).toEqual([
    ['one', 0],
    ['same', 1],
  ]);
  const common = commonLabels(rows);
  expect(common).toEqual({ app: 'a' });
  expect(uniqueLabels(rows[0]!, common)).toEqual({ pod: '1' });
});

test('a line is shown as it is meant', () => {
  expect(prettyLine('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyLine('{broken')).toBe('{broken');
  expect(withoutEscapes(`${String.fromCharCode(27)}[31mred${String.fromCharCode(27)}[0m`)).toBe('red');
});

const rules: RulesAnswer = {
  groups: [
    {
      name: 'g',
      rules: [
        {
          type: 'alerting',
          name: 'B',
          state: 'firing',
          query: 'up',
          alerts: [{ labels: { sev: 'x', pod: 'a' }, state: 'firing', activeAt: '2026-01-01T00:00:00Z' }],
        },
        { type: 'alerting', name: 'A', state: 'inactive', query: 'up' },
        {
          type: 'alerting',
          name: 'C',
          state: 'pending',
          query: 'up',
          alerts: [{ labels: { sev: 'y' }, state: 'pending' }],
        },
        { type: 'recording', name: 'r', state: 'inactive', query: 'up' },
      ],
    },
  ],
};

test('rules are chosen by state, name and labels, and sorted', () => {
  const names = (options: Parameters<typeof shownRules>[1]) =>
    shownRules(rules, options).rules.map(({ name }) => name);
  expect(shownRules(rules, {}).all).toBe(3);
  expect(names({})).toEqual(['B', 'C']);
  expect(names({ sortOrder: 2 })).toEqual(['C', 'B']);
  expect(names({ stateFilter: { firing: false, pending: false, normal: true } })).toEqual(['A']);
  expect(names({ alertName: 'b' })).toEqual(['B']);
  expect(names({ alertInstanceLabelFilter: '{sev=~"x|z"}' })).toEqual(['B']);
  const groups = groupInstances(shownRules(rules, {}).rules, ['sev']);
  expect(groups.map(({ labels, instances }) => [labels.sev, instances.length])).toEqual([
    ['x', 1],
    ['y', 1],
  ]);
});

test('a filter of labels that cannot be read matches nothing', () => {
  expect(labelMatch('{a=~"("}')({ a: '(' })).toBe(false);
  expect(labelMatch('')({})).toBe(true);
});

test('slices share the circle', () => {
  const slices = slicesOf([1, 3, -5], 'desc');
  expect(slices.map(({ index, share }) => [index, share])).toEqual([
    [1, 0.75],
    [0, 0.25],
    [2, 0],
  ]);
  expect(slicePath({ index: 0, share: 1, from: 0, to: 1 }, 10, 0, 10)).toMatch(/^M10,0A10,10 0 1 1 /);
  expect(slicesOf([0, 0], 'none').every(({ share }) => share === 0)).toBe(true);
});

test.each(['hexagon', 'circle', 'square'] as const)('%ss keep to their box and apart', (shape) => {
  for (const count of [1, 2, 7, 50]) {
    const { radius, centers } = honeycomb({ count, width: 300, height: 200, shape });
    expect(centers).toHaveLength(count);
    for (const { x, y } of centers) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(300);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(200);
    }
    expect(radius).toBeGreaterThan(0);
  }
  expect(outline(shape, 10, 10, 5)).toMatch(/Z$/);
});

test('polygons take thresholds, overrides and composites', () => {
  const frames = applyFieldConfig(
    ['cpu-1', 'cpu-2', 'mem'].map((name, index) => ({
      name,
      length: 1,
      fields: [fieldOf('number', [index * 50], { name })],
    })),
    undefined,
  );
  const context = { interpolate: (text: string) => text, timeZone: 'utc', theme: 'dark' as const };
  const options = {
    globalThresholdsConfig: [
      { value: 0, color: '#00ff00', state: 0 },
      { value: 40, color: '#ff0000', state: 2 },
    ],
    globalUnitFormat: 'percent',
    sortByDirection: 1,
    overrideConfig: { overrides: [{ metricName: '/mem/', unitFormat: 's' }] },
    compositeConfig: {
      composites: [{ compositeName: 'CPU', hideMembers: true, metrics: [{ seriesMatch: '/cpu/' }] }],
    },
  };
  expect(polygonsOf(frames, options, context).map(({ name, text, color }) => [name, text, color])).toEqual([
    ['CPU', 'cpu-2 50%', '#ff0000'],
    ['mem', '1.67 mins', '#ff0000'],
  ]);
});
