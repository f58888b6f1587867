import { expect, test } from 'vitest';
import type { FieldConfigSource } from '../dashboard/model';
import { fieldOf } from '../frame/columns';
import { applyFieldConfig } from '../frame/field-config';
import type { Frame } from '../frame/frame';
import { barLayout } from './bargauge/bargauge-layout';
import { fieldValues } from './field-values';
import { arcPath, gaugeLayout } from './gauge/gauge-geometry';
import { statLayout } from './stat/stat-layout';
import {
  columnsOf,
  columnWidths,
  filterChoices,
  footerTexts,
  nextSort,
  shownRows,
} from './table/table-model';
import { thresholdBands } from './threshold-bands';
import { valueGrid } from './value-grid';

const context = { interpolate: (text: string) => text, timeZone: 'utc', theme: 'dark' as const };

function configured(frames: Frame[], defaults: FieldConfigSource['defaults'] = {}): Frame[] {
  return applyFieldConfig(frames, { defaults, overrides: [] });
}

const series = [
  {
    refId: 'A',
    length: 3,
    fields: [
      fieldOf('time', [1, 2, 3], { name: 'Time' }),
      fieldOf('number', [2, 4, 8], { name: 'Value', labels: { pod: 'a' } }),
    ],
  },
  {
    refId: 'A',
    length: 3,
    fields: [
      fieldOf('time', [1, 2, 3], { name: 'Time' }),
      fieldOf('number', [1, null, null], { name: 'Value', labels: { pod: 'b' } }),
    ],
  },
];

const table: Frame = {
  length: 4,
  fields: [
    fieldOf('string', ['n10', 'n2', 'n1', 'n2'], { name: 'name' }),
    fieldOf('number', [3, null, 1, 2], { name: 'value' }),
  ],
};

test('one value per series, with its change and its curve', () => {
  const values = fieldValues(configured(series, { unit: 's' }), { calcs: ['lastNotNull'] }, context, true);
  expect(values.map(({ title, display }) => `${title}: ${display.text}${display.suffix}`)).toEqual([
    'a: 8 s',
    'b: 1 s',
  ]);
  expect(values[0]!.change).toBe(3);
  expect(values[0]!.series).toHaveLength(3);
});

test('a count has no unit; one value per row is named by its texts', () => {
  const [count] = fieldValues(configured(series, { unit: 's' }), { calcs: ['count'] }, context);
  expect(`${count!.display.text}${count!.display.suffix}`).toBe('3');
  const rows = fieldValues(configured([table]), { values: true, limit: 3 }, context);
  expect(rows.map(({ title, display }) => `${title}=${display.text}`)).toEqual(['n10=3', 'n2=', 'n1=1']);
});

test('fields are chosen by pattern, texts among them', () => {
  const names = fieldValues(configured([table]), { fields: '/^name$/' }, context);
  expect(names.map(({ display }) => display.text)).toEqual(['n2']);
});

test.each([
  [4, 400, 400, 'auto', [2, 2]],
  [4, 800, 100, 'auto', [4, 1]],
  [3, 100, 800, 'auto', [1, 3]],
  [3, 300, 300, 'horizontal', [1, 3]],
  [3, 300, 300, 'vertical', [3, 1]],
] as const)('%i values in %i x %i, %s', (count, width, height, orientation, [columns, rows]) => {
  const { cells } = valueGrid({ count, width, height, orientation, gap: 0 });
  expect(new Set(cells.map(({ x }) => x)).size).toBe(columns);
  expect(new Set(cells.map(({ y }) => y)).size).toBe(rows);
  for (const cell of cells) expect(cell.x + cell.width).toBeLessThanOrEqual(width + 0.01);
});

test('a grid grows beyond its box where values would be too small', () => {
  expect(
    valueGrid({ count: 50, width: 100, height: 100, orientation: 'horizontal', minHeight: 16, gap: 0 })
      .height,
  ).toBe(800);
});

test('texts keep to their box at any size', () => {
  const content = {
    title: 'a name',
    prefix: '',
    text: '1234',
    suffix: ' MB',
    change: '',
    hasChart: true,
    wideLayout: true,
  };
  for (const [width, height] of [
    [40, 30],
    [200, 60],
    [900, 90],
    [1200, 800],
  ] as const) {
    const { valueSize, titleSize, chartHeight } = statLayout(content, width, height);
    expect(valueSize).toBeGreaterThanOrEqual(8);
    expect(valueSize).toBeLessThanOrEqual(height);
    expect(titleSize).toBeLessThanOrEqual(22);
    expect(chartHeight).toBeLessThanOrEqual(height);
  }
});

test('a gauge keeps to its box', () => {
  const layout = gaugeLayout(200, 100, { hasTitle: true, hasBands: true, hasLabels: false });
  expect(layout.centerY - layout.bandRadius - layout.bandThickness / 2).toBeGreaterThanOrEqual(-0.01);
  expect(layout.centerX - layout.bandRadius - layout.bandThickness / 2).toBeGreaterThanOrEqual(-0.01);
  expect(arcPath(0, 0.5, 50, 100, 100)).toMatch(/^M55.06,121.92A50,50 0 0 1 100,50$/);
});

test('bars leave room for names and values', () => {
  const layout = barLayout({
    width: 400,
    height: 24,
    orientation: 'horizontal',
    names: ['/', '/home'],
    values: ['12%', '100%'],
    namePlacement: 'auto',
    hidesValue: false,
  });
  expect(layout.namePlace).toBe('left');
  expect(layout.length + layout.nameRoom + layout.valueRoom).toBeLessThanOrEqual(400);
});

test('bands of thresholds cover the range', () => {
  const thresholds = {
    mode: 'absolute' as const,
    steps: [
      { value: null, color: 'green' },
      { value: 50, color: 'red' },
    ],
  };
  const [frame] = configured([table], { min: 0, max: 200, thresholds });
  expect(thresholdBands(frame!.fields[1]!, 'dark', '#000000')).toEqual([
    { from: 0, to: 0.25, color: '#73bf69', value: null },
    { from: 0.25, to: 1, color: '#f2495c', value: 50 },
  ]);
});

test('rows are sorted naturally, nothing last either way, and filtered', () => {
  const columns = columnsOf(configured([table])[0]!, context);
  const by = (name: string, isDescending: boolean) =>
    shownRows(columns, 4, [{ name, isDescending }], new Map());
  expect(by('name', false)).toEqual([2, 1, 3, 0]);
  expect(by('value', false)).toEqual([2, 3, 0, 1]);
  expect(by('value', true)).toEqual([0, 3, 2, 1]);
  const filters = new Map([['name', new Set(['n2'])]]);
  expect(shownRows(columns, 4, [], filters)).toEqual([1, 3]);
  expect(filterChoices(columns, columns[1]!, 4, filters)).toEqual(['', '2']);
});

test('a click sorts up, then down, then not; shift adds', () => {
  const up = nextSort([], 'a', false);
  const down = nextSort(up, 'a', false);
  expect([up, down, nextSort(down, 'a', false)]).toEqual([
    [{ name: 'a', isDescending: false }],
    [{ name: 'a', isDescending: true }],
    [],
  ]);
  expect(nextSort(up, 'b', true).map(({ name }) => name)).toEqual(['a', 'b']);
});

test('columns share what fixed ones leave', () => {
  const columns = columnsOf(configured([table])[0]!, context);
  expect(columnWidths(columns, 500, new Map([['name', 100]]))).toEqual([100, 400]);
  expect(columnWidths(columns, 501, new Map())).toEqual([250, 251]);
  expect(columnWidths(columns, 100, new Map()).every((width) => width >= 72)).toBe(true);
});

test('a footer reduces numbers and names its reducer first', () => {
  const columns = columnsOf(configured([table], { unit: 's' })[0]!, context);
  expect(footerTexts(columns, { show: true, reducer: ['sum'] }, 4, context)).toEqual(['Total', '6 s']);
  expect(footerTexts(columns, { show: false }, 4, context)).toBeUndefined();
});
