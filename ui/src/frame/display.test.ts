import { expect, test } from 'vitest';
import type { FieldConfig, ValueMapping } from '../dashboard/model';
import {
  classicColor,
  classicColorOfName,
  contrast,
  namedColor,
  textOn,
  transparent,
  withOpacity,
} from './colors';
import { fieldOf } from './columns';
import { activeThreshold, displayOf, displayText, seriesColor } from './display';
import { applyFieldConfig } from './field-config';
import type { Field } from './frame';

const context = { timeZone: 'utc', theme: 'dark' as const };

function field(cells: (number | null)[], config: FieldConfig): Field {
  const frame = { length: cells.length, fields: [fieldOf('number', cells, { name: 'v' })] };
  return applyFieldConfig([frame], { defaults: config, overrides: [] })[0]!.fields[0]!;
}

function shown(value: unknown, config: FieldConfig, cells: (number | null)[] = [0, 100]): string {
  return displayText(displayOf(field(cells, config), context)(value));
}

const mappings: ValueMapping[] = [
  { type: 'value', options: { '1': { text: 'up', color: 'green' }, '0': { color: 'red' } } },
  { type: 'range', options: { from: 10, to: null, result: { text: 'many' } } },
  { type: 'special', options: { match: 'null+nan', result: { text: 'none' } } },
];

test.each([
  [12, {}, '12'],
  [12.5, { unit: 'percent' }, '12.5%'],
  [10.04, { unit: 'short', decimals: 1 }, '10.0'],
  [1024, { unit: 'bytes' }, '1 KiB'],
  [null, {}, ''],
  [Number.NaN, { noValue: '—' }, '—'],
  [1, { mappings }, 'up'],
  [0, { mappings, unit: 's' }, '0 s'],
  [12, { mappings }, 'many'],
  [null, { mappings }, 'none'],
  [true, {}, '1'],
  ['text', {}, 'text'],
] as [unknown, FieldConfig, string][])('%s with %j is %s', (value, config, text) => {
  expect(shown(value, config)).toBe(text);
});

test('a regular expression mapping puts its groups into the text', () => {
  const text = fieldOf('string', ['node-12'], {
    name: 'n',
    config: { mappings: [{ type: 'regex', options: { pattern: '/node-(\\d+)/', result: { text: 'N$1' } } }] },
  });
  expect(displayOf(text, context)('node-12').text).toBe('N12');
  expect(displayOf(text, context)('other').text).toBe('other');
});

test('times are written in the zone of the dashboard', () => {
  const times = fieldOf('time', [1_700_000_000_000], { name: 'Time' });
  expect(displayOf(times, context)(1_700_000_000_000).text).toBe('2023-11-14 22:13:20');
  expect(displayOf(times, { ...context, timeZone: 'Asia/Seoul' })(1_700_000_000_000).text).toBe(
    '2023-11-15 07:13:20',
  );
  const close = fieldOf('time', [1000, 1250], { name: 'Time' });
  expect(displayOf(close, context)(1250).text).toBe('1970-01-01 00:00:01.250');
});

const steps = [
  { value: null, color: 'green' },
  { value: 50, color: 'orange' },
  { value: 90, color: 'red' },
];

test('thresholds colour by value or by the share of the range', () => {
  expect(activeThreshold({ mode: 'absolute', steps }, 50, 0).color).toBe('orange');
  expect(activeThreshold({ mode: 'absolute', steps }, -1, 0).color).toBe('green');
  const byShare = field([0, 1000], { thresholds: { mode: 'percentage', steps } });
  expect(displayOf(byShare, context)(950).color).toBe(namedColor('red', 'dark'));
  expect(displayOf(byShare, context)(950).percent).toBe(0.95);
});

test('the colour of a series is fixed, of the palette, or of one of its values', () => {
  expect(seriesColor(field([1], { color: { mode: 'fixed', fixedColor: '#123456' } }), 'dark')).toBe(
    '#123456',
  );
  expect(seriesColor(field([1], { color: { mode: 'palette-classic' } }), 'dark')).toBe(
    classicColor(0, 'dark'),
  );
  const thresholds = { mode: 'absolute' as const, steps };
  expect(seriesColor(field([95, 10], { thresholds }), 'dark')).toBe(namedColor('green', 'dark'));
  const byMax = { mode: 'thresholds', seriesBy: 'max' as const };
  expect(seriesColor(field([95, 10], { thresholds, color: byMax }), 'dark')).toBe(namedColor('red', 'dark'));
  const continuous = field([0, 50, 100], { color: { mode: 'continuous-BlPu' } });
  expect(displayOf(continuous, context)(0).color).toBe(namedColor('blue', 'dark'));
  expect(displayOf(continuous, context)(100).color).toBe(namedColor('purple', 'dark'));
});

test('colours have many names and become one form', () => {
  expect(namedColor('semi-dark-red', 'dark')).toBe('#e02f44');
  expect(namedColor('semi-dark-red', 'light')).toBe('#c4162a');
  expect(namedColor('rgb(255, 0, 0)', 'dark')).toBe('#ff0000');
  expect(namedColor('rgba(255, 255, 255, 0.5)', 'light')).toBe('#ffffff');
  expect(namedColor('hsl(120, 100%, 50%)', 'dark')).toBe('#00ff00');
  expect(namedColor('#abc', 'dark')).toBe('#aabbcc');
  expect(namedColor('transparent', 'dark')).toBe(transparent);
  expect(namedColor('javascript:alert(1)', 'dark')).toBe('#808080');
  expect(namedColor(undefined, 'dark')).toBe('#808080');
  expect(withOpacity('#ff0000', 0.5)).toBe('#ff000080');
  expect(withOpacity(transparent, 0.5)).toBe(transparent);
});

test('text on any of the palette can be read', () => {
  for (let index = 0; index < 56; index++) {
    const color = classicColor(index, 'dark');
    expect(contrast(color, textOn(color))).toBeGreaterThan(2.5);
  }
});

test('a name has the colour that it has in Grafana', () => {
  expect(['a', 'cpu', 'mem free', 'up'].map((name) => classicColorOfName(name, 'dark'))).toEqual([
    '#e0f9d7',
    '#aea2e0',
    '#705da0',
    '#f29191',
  ]);
  expect(classicColorOfName('cpu', 'light')).toBe('#19730e');
});
