import { expect, test } from 'vitest';
import type { FieldConfigSource } from '../dashboard/model';
import { fieldOf } from './columns';
import { applyFieldConfig } from './field-config';
import type { Frame } from './frame';
import { frameMatches } from './matchers';

const series = (refId: string, pod: string, cells: (number | null)[], legend?: string): Frame => ({
  refId,
  length: cells.length,
  ...(legend ? { name: legend } : {}),
  fields: [
    fieldOf(
      'time',
      cells.map((_, index) => index),
      { name: 'Time' },
    ),
    fieldOf('number', cells, {
      name: 'Value',
      labels: { pod, job: 'j' },
      ...(legend ? { config: { displayNameFromDS: legend } } : {}),
    }),
  ],
});

function names(frames: readonly Frame[]): string[] {
  return frames.flatMap(({ fields }) =>
    fields.filter(({ type }) => type === 'number').map(({ state }) => state!.displayName),
  );
}

const source = (overrides: FieldConfigSource['overrides'], defaults: FieldConfigSource['defaults'] = {}) => ({
  defaults,
  overrides,
});

test('names come from labels as far as these tell apart, from the legend, from the panel', () => {
  expect(names(applyFieldConfig([series('A', 'a', [1])], undefined))).toEqual(['{job="j", pod="a"}']);
  expect(names(applyFieldConfig([series('A', 'a', [1], 'pod a')], undefined))).toEqual(['pod a']);
  const named = applyFieldConfig(
    [series('A', 'a', [1], 'x')],
    source([], { displayName: '${__field.labels.pod} $v' }),
    {
      interpolate: (text) => text.replace('$v', 'put in'),
    },
  );
  expect(names(named)).toEqual(['a put in']);
});

test.each([
  [{ id: 'byName', options: 'pod a' }, ['a']],
  [{ id: 'byNames', options: { mode: 'exclude', names: ['pod a'] } }, ['b']],
  [{ id: 'byRegexp', options: '/POD [b]/i' }, ['b']],
  [{ id: 'byRegexp', options: '([' }, []],
  [{ id: 'byType', options: 'number' }, ['a', 'b']],
  [{ id: 'numeric' }, ['a', 'b']],
  [{ id: 'byFrameRefID', options: 'B' }, ['b']],
  [{ id: 'byValue', options: { reducer: 'max', op: '>', value: 5 } }, ['b']],
  [{ id: 'notKnown' }, []],
])('matcher %j means %j', (matcher, pods) => {
  const frames = [series('A', 'a', [1, 2], 'pod a'), series('B', 'b', [8, 9], 'pod b')];
  const result = applyFieldConfig(frames, source([{ matcher, properties: [{ id: 'unit', value: 's' }] }]));
  const meant = result
    .flatMap(({ fields }) => fields)
    .filter(({ type, config }) => type === 'number' && config.unit === 's');
  expect(meant.map(({ labels }) => labels!.pod)).toEqual(pods);
});

test('overrides follow each other and reach into what the panel adds', () => {
  const [frame] = applyFieldConfig(
    [series('A', 'a', [1])],
    source(
      [
        {
          matcher: { id: 'numeric' },
          properties: [
            { id: 'custom.hideFrom.legend', value: true },
            { id: 'unit', value: 'm' },
          ],
        },
        {
          matcher: { id: 'numeric' },
          properties: [
            { id: 'unit', value: 's' },
            { id: 'max', value: null },
          ],
        },
        { matcher: { id: 'numeric' }, properties: [{ id: 'custom.__proto__.polluted', value: true }] },
      ],
      { unit: 'bytes', max: 5, custom: { lineWidth: 2, hideFrom: { tooltip: true } } },
    ),
  );
  const { config } = frame!.fields[1]!;
  expect(config).toMatchObject({
    unit: 's',
    custom: { lineWidth: 2, hideFrom: { tooltip: true, legend: true } },
  });
  expect(config.max).toBeUndefined();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('the range is that of all series, of one alone, or given', () => {
  const frames = [series('A', 'a', [1, 2]), series('B', 'b', [8, 90])];
  const ranges = (defaults: FieldConfigSource['defaults']) =>
    applyFieldConfig(frames, source([], defaults)).map(({ fields }) => fields[1]!.state!.range);
  expect(ranges({})).toEqual([
    { min: 1, max: 90 },
    { min: 1, max: 90 },
  ]);
  expect(ranges({ min: 0 })).toEqual([
    { min: 0, max: 90 },
    { min: 0, max: 90 },
  ]);
  expect(ranges({ fieldMinMax: true } as FieldConfigSource['defaults'])).toEqual([
    { min: 1, max: 2 },
    { min: 8, max: 90 },
  ]);
  expect(frames[0]!.fields[1]!.state).toBeUndefined();
});

test('series count on over all frames', () => {
  const frames = applyFieldConfig([series('A', 'a', [1]), series('B', 'b', [1])], undefined);
  expect(frames.map(({ fields }) => fields[1]!.state!.seriesIndex)).toEqual([0, 1]);
});

test('a query is meant by its refId or several', () => {
  const frame = series('B', 'b', [1]);
  expect(frameMatches(frame, { id: 'byRefId', options: 'A|B' })).toBe(true);
  expect(frameMatches(frame, { id: 'byRefId', options: 'A' })).toBe(false);
});
