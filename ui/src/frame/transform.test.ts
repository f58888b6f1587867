import { expect, test } from 'vitest';
import type { FieldConfig } from '../dashboard/model';
import { fieldOf } from './columns';
import type { Field, Frame } from './frame';
import { displayNames } from './names';
import { isKnownTransformation, transformFrames } from './transform';

const num = (
  name: string,
  cells: (number | null)[],
  labels?: Record<string, string>,
  config: FieldConfig = {},
) => fieldOf('number', cells, { name, labels, config });
const time = (cells: number[]) => fieldOf('time', cells, { name: 'Time' });
const str = (name: string, cells: string[]) => fieldOf('string', cells, { name });
const frame = (refId: string, fields: Field[], name?: string): Frame => ({
  refId,
  fields,
  length: fields[0]!.values.length,
  ...(name ? { name } : {}),
});

const series = [
  frame(
    'A',
    [
      time([1000, 2000, 3000]),
      num('Value', [1, 2, null], { job: 'a', inst: 'x' }, { displayNameFromDS: 'a-x' }),
    ],
    'a-x',
  ),
  frame(
    'B',
    [
      time([1000, 3000, 4000]),
      num('Value', [5, 6, 7], { job: 'b', inst: 'y' }, { displayNameFromDS: 'b-y' }),
    ],
    'b-y',
  ),
];
const seriesPlain = [
  frame('A', [time([1000, 2000, 3000]), num('Value', [1, 2, null], { job: 'a', inst: 'x' })]),
  frame('B', [time([1000, 3000, 4000]), num('Value', [5, 6, 7], { job: 'b', inst: 'y' })]),
];
const tab = [
  frame('A', [time([10, 10, 10]), str('pod', ['p1', 'p2', 'p3']), num('Value #A', [1, 2, 3])]),
  frame('B', [time([10, 10, 10]), str('pod', ['p2', 'p3', 'p4']), num('Value #B', [20, 30, 40])]),
];
const tab1 = [
  frame('A', [str('g', ['a', 'b', 'a', 'c']), num('v', [1, 2, 3, null]), num('w', [9, 8, 7, 6])]),
];
const tab2 = [
  frame('A', [str('pod', ['p1', 'p2']), num('x', [1, 2])], 'one'),
  frame('B', [str('pod', ['p2', 'p2', 'p3']), num('y', [3, 4, 5])], 'two'),
];
const wide = [frame('A', [time([1, 2, 3, 4]), num('a', [1, 2, 3, 4]), num('b', [10, null, 30, 40])])];

const context = {
  timeZone: 'utc',
  theme: 'dark' as const,
  interpolate: (text: string) => text.replace('$max', '1'),
};

/** `refId: name=cells | …`, a dot for nothing. */
function written(frames: readonly Frame[]): string[] {
  const names = displayNames(frames);
  const cell = (value: unknown) => {
    if (value === null || Number.isNaN(value)) return '·';
    return typeof value === 'number' ? String(Number(value.toFixed(6))) : String(value);
  };
  return frames.map(({ refId, fields }) => {
    const columns = fields.map(
      (field) => `${names.get(field)}=${Array.from(field.values as unknown[], cell).join(',')}`,
    );
    return `${refId ?? '-'}: ${columns.join(' | ')}`;
  });
}

const cases: [id: string, options: Record<string, unknown>, frames: Frame[], expected: string[]][] = [
  [
    'organize',
    {
      excludeByName: { Time: true },
      indexByName: { 'Value #A': 0, pod: 1 },
      renameByName: { pod: 'Pod', 'Value #A': 'Cpu' },
    },
    tab,
    ['A: Cpu=1,2,3 | Pod=p1,p2,p3', 'B: Pod=p2,p3,p4 | Value #B=20,30,40'],
  ],
  [
    'organize',
    { excludeByName: {}, indexByName: {}, renameByName: { 'a-x': 'First' } },
    series,
    ['A: Time=1000,2000,3000 | First=1,2,·', 'B: Time=1000,3000,4000 | b-y=5,6,7'],
  ],
  [
    'merge',
    {},
    tab,
    ['merge-A-B: Time=10,10,10,10 | pod=p1,p2,p3,p4 | Value #A=1,2,3,· | Value #B=·,20,30,40'],
  ],
  ['merge', {}, tab2, ['merge-A-B: pod=p1,p2,p2,p3 | x=1,2,·,· | y=·,3,4,5']],
  ['merge', {}, tab1, ['A: g=a,b,a,c | v=1,2,3,· | w=9,8,7,6']],
  ['merge', {}, seriesPlain, ['merge-A-B: Time=1000,2000,3000,1000,3000,4000 | Value=1,2,·,5,6,7']],
  [
    'merge',
    {},
    [...tab1, ...wide],
    ['A: g=a,b,a,c | v=1,2,3,· | w=9,8,7,6', 'A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40'],
  ],
  ['joinByField', {}, series, ['joinByField-A-B: Time=1000,2000,3000,4000 | a-x=1,2,·,· | b-y=5,·,6,7']],
  [
    'joinByField',
    { byField: 'Time', mode: 'outer' },
    seriesPlain,
    ['joinByField-A-B: Time=1000,2000,3000,4000 | {inst="x", job="a"}=1,2,·,· | {inst="y", job="b"}=5,·,6,7'],
  ],
  [
    'joinByField',
    { byField: 'pod', mode: 'outer' },
    tab,
    [
      'joinByField-A-B: pod=p1,p2,p3,p4 | Time 1=10,10,10,· | Value #A=1,2,3,· | Time 2=·,10,10,10 | Value #B=·,20,30,40',
    ],
  ],
  [
    'joinByField',
    { byField: 'pod', mode: 'inner' },
    tab,
    ['joinByField-A-B: pod=p2,p3 | Time 1=10,10 | Value #A=2,3 | Time 2=10,10 | Value #B=20,30'],
  ],
  [
    'joinByField',
    { byField: 'pod', mode: 'inner' },
    tab2,
    ['joinByField-A-B: pod=p2,p2 | x one=2,2 | y two=3,4'],
  ],
  [
    'joinByField',
    { byField: 'pod', mode: 'outerTabular' },
    tab2,
    ['joinByField-A-B: pod=p1,p2,p2,p3 | x one=1,2,2,· | y two=·,3,4,5'],
  ],
  ['joinByField', { byField: 'pod' }, tab2, ['joinByField-A-B: pod=p1,p2,p3 | x one=1,2,· | y two=·,4,5']],
  ['joinByField', { byField: 'g' }, tab1, ['A: g=a,b,a,c | v=1,2,3,· | w=9,8,7,6']],
  [
    'seriesToColumns',
    { byField: 'pod' },
    tab,
    [
      'joinByField-A-B: pod=p1,p2,p3,p4 | Time 1=10,10,10,· | Value #A=1,2,3,· | Time 2=·,10,10,10 | Value #B=·,20,30,40',
    ],
  ],
  [
    'renameByRegex',
    { regex: '(.*)-(.*)', renamePattern: '$2' },
    series,
    ['A: Time=1000,2000,3000 | x=1,2,·', 'B: Time=1000,3000,4000 | y=5,6,7'],
  ],
  [
    'renameByRegex',
    { regex: 'Value #(.*)', renamePattern: '$1' },
    tab,
    ['A: Time=10,10,10 | pod=p1,p2,p3 | A=1,2,3', 'B: Time=10,10,10 | pod=p2,p3,p4 | B=20,30,40'],
  ],
  ['filterFieldsByName', { include: { names: ['pod'] } }, tab, ['A: pod=p1,p2,p3', 'B: pod=p2,p3,p4']],
  [
    'filterFieldsByName',
    { include: { pattern: '/Value.*/' } },
    tab,
    ['A: Value #A=1,2,3', 'B: Value #B=20,30,40'],
  ],
  [
    'filterFieldsByName',
    { exclude: { names: ['Time'] } },
    tab,
    ['A: pod=p1,p2,p3 | Value #A=1,2,3', 'B: pod=p2,p3,p4 | Value #B=20,30,40'],
  ],
  [
    'filterFieldsByName',
    { include: { names: ['Time', 'a-x'] } },
    series,
    ['A: Time=1000,2000,3000 | a-x=1,2,·', 'B: Time=1000,3000,4000'],
  ],
  ['filterByRefId', { include: 'A' }, tab, ['A: Time=10,10,10 | pod=p1,p2,p3 | Value #A=1,2,3']],
  [
    'groupBy',
    {
      fields: {
        g: { operation: 'groupby', aggregations: [] },
        v: { operation: 'aggregate', aggregations: ['sum', 'lastNotNull', 'count'] },
        w: { operation: 'aggregate', aggregations: ['max', 'mean'] },
      },
    },
    tab1,
    ['A: g=a,b,c | v (sum)=4,2,0 | v (lastNotNull)=3,2,· | v (count)=2,1,0 | w (max)=9,8,6 | w (mean)=8,8,6'],
  ],
  [
    'calculateField',
    { mode: 'binary', binary: { left: 'a', operator: '+', right: 'b' } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | a + b=11,2,33,44'],
  ],
  [
    'calculateField',
    { mode: 'binary', binary: { left: 'a', operator: '*', right: '100' }, alias: 'pct', replaceFields: true },
    wide,
    ['A: Time=1,2,3,4 | pct=100,200,300,400'],
  ],
  [
    'calculateField',
    { mode: 'binary', binary: { left: 'a-x', operator: '/', right: 'b-y' } },
    series,
    ['joinByField-A-B: Time=1000,2000,3000,4000 | a-x=1,2,·,· | b-y=5,·,6,7 | a-x / b-y=0.2,Infinity,0,0'],
  ],
  [
    'calculateField',
    { mode: 'reduceRow', reduce: { reducer: 'sum' } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | Total=11,2,33,44'],
  ],
  [
    'calculateField',
    { mode: 'reduceRow', reduce: { reducer: 'mean', include: ['a'] }, alias: 'M' },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | M=1,2,3,4'],
  ],
  [
    'calculateField',
    { mode: 'reduceRow', reduce: { reducer: 'sum' } },
    series,
    ['joinByField-A-B: Time=1000,2000,3000,4000 | a-x=1,2,·,· | b-y=5,·,6,7 | Total=6,2,6,7'],
  ],
  [
    'calculateField',
    { mode: 'index', index: { asPercentile: false } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | Row=0,1,2,3'],
  ],
  [
    'calculateField',
    { mode: 'index', index: { asPercentile: true } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | Row=0,0.25,0.5,0.75'],
  ],
  [
    'calculateField',
    { mode: 'unary', unary: { operator: 'sqrt', fieldName: 'a' } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | sqrt(a)=1,1.414214,1.732051,2'],
  ],
  [
    'calculateField',
    { mode: 'cumulativeFunctions', cumulative: { field: 'b', reducer: 'sum' } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | cumulative sum(b)=10,10,40,80'],
  ],
  [
    'calculateField',
    { mode: 'cumulativeFunctions', cumulative: { field: 'b', reducer: 'mean' } },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | cumulative mean(b)=10,5,13.333333,20'],
  ],
  [
    'calculateField',
    {
      mode: 'windowFunctions',
      window: {
        field: 'a',
        reducer: 'mean',
        windowAlignment: 'trailing',
        windowSizeMode: 'fixed',
        windowSize: 2,
      },
    },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | trailing moving mean(a)=1,1.5,2.5,3.5'],
  ],
  [
    'calculateField',
    {
      mode: 'windowFunctions',
      window: {
        field: 'a',
        reducer: 'mean',
        windowAlignment: 'centered',
        windowSizeMode: 'percentage',
        windowSize: 0.5,
      },
    },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | centered moving mean(a)=1,1.5,2.5,3.5'],
  ],
  [
    'calculateField',
    {
      mode: 'windowFunctions',
      window: {
        field: 'b',
        reducer: 'variance',
        windowAlignment: 'centered',
        windowSizeMode: 'fixed',
        windowSize: 3,
      },
    },
    wide,
    ['A: Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40 | centered moving variance(b)=0,100,25,25'],
  ],
  [
    'labelsToFields',
    {},
    seriesPlain,
    [
      'A: Time=1000,2000,3000 | Value=1,2,· | job=a,a,a | inst=x,x,x',
      'B: Time=1000,3000,4000 | Value=5,6,7 | job=b,b,b | inst=y,y,y',
    ],
  ],
  [
    'labelsToFields',
    { mode: 'columns', keepLabels: ['job'] },
    seriesPlain,
    ['A: Time=1000,2000,3000 | Value=1,2,· | job=a,a,a', 'B: Time=1000,3000,4000 | Value=5,6,7 | job=b,b,b'],
  ],
  [
    'labelsToFields',
    { mode: 'rows' },
    seriesPlain,
    [
      'A: {inst="x", job="a"} label=job,inst | {inst="x", job="a"} value=a,x',
      'B: {inst="y", job="b"} label=job,inst | {inst="y", job="b"} value=b,y',
    ],
  ],
  [
    'labelsToFields',
    { valueLabel: 'job' },
    seriesPlain,
    ['A: Time=1000,2000,3000 | a=1,2,· | inst=x,x,x', 'B: Time=1000,3000,4000 | b=5,6,7 | inst=y,y,y'],
  ],
  [
    'labelsToFields',
    {},
    series,
    [
      'A: Time=1000,2000,3000 | a-x=1,2,· | a-x job=a,a,a | a-x inst=x,x,x',
      'B: Time=1000,3000,4000 | b-y=5,6,7 | b-y job=b,b,b | b-y inst=y,y,y',
    ],
  ],
  ['sortBy', { sort: [{ field: 'v', desc: true }] }, tab1, ['A: g=a,b,a,c | v=3,2,1,· | w=7,8,9,6']],
  ['sortBy', { sort: [{ field: 'g' }] }, tab1, ['A: g=a,a,b,c | v=1,3,2,· | w=9,7,8,6']],
  [
    'reduce',
    { reducers: ['max', 'lastNotNull'] },
    series,
    ['reduce-A-B: Field=a-x,b-y | Max=2,7 | Last *=2,7'],
  ],
  [
    'reduce',
    { reducers: ['max'], labelsToFields: true },
    seriesPlain,
    ['reduce-A-B: Field=Value,Value | job=a,b | inst=x,y | Max=2,7'],
  ],
  [
    'reduce',
    { reducers: ['mean', 'count'], mode: 'reduceFields' },
    wide,
    ['A: a Mean=2.5 | a Count=4 | b Mean=26.666667 | b Count=3'],
  ],
  [
    'reduce',
    { reducers: ['mean'], mode: 'reduceFields', includeTimeField: true },
    wide,
    ['A: Time=2.5 | a=2.5 | b=26.666667'],
  ],
  ['reduce', { reducers: ['last'], includeTimeField: true }, wide, ['reduce-A: Field=a,b | Last=4,40']],
  ['reduce', { reducers: ['sum'] }, tab1, ['reduce-A: Field=g,v,w | Total=·,6,30']],
  [
    'filterByValue',
    {
      type: 'include',
      match: 'any',
      filters: [{ fieldName: 'v', config: { id: 'greater', options: { value: 1 } } }],
    },
    tab1,
    ['A: g=b,a | v=2,3 | w=8,7'],
  ],
  [
    'filterByValue',
    {
      type: 'exclude',
      match: 'all',
      filters: [
        { fieldName: 'v', config: { id: 'isNull', options: {} } },
        { fieldName: 'g', config: { id: 'equal', options: { value: 'c' } } },
      ],
    },
    tab1,
    ['A: g=a,b,a | v=1,2,3 | w=9,8,7'],
  ],
  [
    'filterByValue',
    {
      type: 'include',
      match: 'any',
      filters: [{ fieldName: 'w', config: { id: 'between', options: { from: 6, to: 8 } } }],
    },
    tab1,
    ['A: g=a | v=3 | w=7'],
  ],
  [
    'filterByValue',
    {
      type: 'include',
      match: 'any',
      filters: [{ fieldName: 'g', config: { id: 'regex', options: { value: '^[ab]' } } }],
    },
    tab1,
    ['A: g=a,b,a | v=1,2,3 | w=9,8,7'],
  ],
  [
    'seriesToRows',
    {},
    series,
    [
      'seriesToRows-A-B: Time=4000,3000,3000,2000,1000,1000 | Metric=b-y,a-x,b-y,a-x,a-x,b-y | Value=7,·,6,2,1,5',
    ],
  ],
  [
    'concatenate',
    {},
    [...tab1, ...wide],
    ['A: g=a,b,a,c | v=1,2,3,· | w=9,8,7,6 | Time=1,2,3,4 | a=1,2,3,4 | b=10,·,30,40'],
  ],
  [
    'concatenate',
    { frameNameMode: 'field' },
    series,
    ['-: a-x · Time=1000,2000,3000 | a-x=1,2,· | b-y · Time=1000,3000,4000 | b-y=5,6,7'],
  ],
  ['limit', { limitField: 2 }, tab1, ['A: g=a,b | v=1,2 | w=9,8']],
  ['limit', { limitField: -2 }, tab1, ['A: g=a,c | v=3,· | w=7,6']],
  [
    'convertFieldType',
    {
      conversions: [
        { targetField: 'v', destinationType: 'string' },
        { targetField: 'w', destinationType: 'boolean' },
      ],
    },
    tab1,
    ['A: g=a,b,a,c | v=1,2,3,· | w=true,true,true,true'],
  ],
  [
    'groupingToMatrix',
    { columnField: 'g', rowField: 'w', valueField: 'v' },
    tab1,
    ['A: w\\g=9,8,7,6 | a=1,·,3,· | b=·,2,·,· | c=·,·,·,·'],
  ],
  [
    'formatTime',
    { timeField: 'Time', outputFormat: 'YYYY-MM', useTimezone: false },
    wide,
    ['A: Time=1970-01,1970-01,1970-01,1970-01 | a=1,2,3,4 | b=10,·,30,40'],
  ],
];

test.each(cases)('%s %j', (id, options, frames, expected) => {
  expect(written(transformFrames(frames, [{ id, options }], context))).toEqual(expected);
});

test('transformations follow each other; disabled and unknown ones pass everything on', () => {
  const shown = transformFrames(
    tab,
    [
      { id: 'filterByRefId', options: { include: 'A' } },
      { id: 'sortBy', options: { sort: [{ field: 'pod' }] }, disabled: true },
      { id: 'notKnown', options: {} },
      {
        id: 'filterByValue',
        options: {
          type: 'include',
          match: 'any',
          filters: [{ fieldName: 'Value #A', config: { id: 'greater', options: { value: '$max' } } }],
        },
      },
    ],
    context,
  );
  expect(written(shown)).toEqual(['A: Time=10,10 | pod=p2,p3 | Value #A=2,3']);
  expect(isKnownTransformation('notKnown')).toBe(false);
  expect(isKnownTransformation('constructor')).toBe(false);
});

test('a filter limits a transformation to some frames', () => {
  const shown = transformFrames(
    tab,
    [{ id: 'limit', options: { limitField: 1 }, filter: { id: 'byRefId', options: 'B' } }],
    context,
  );
  expect(shown.map(({ refId, length }) => [refId, length])).toEqual([
    ['B', 1],
    ['A', 3],
  ]);
});

test('fields come out of JSON and of key=value', () => {
  const logs = [frame('A', [str('line', ['{"a":1,"b":{"c":"x"}}', 'a=2 b="two words"'])])];
  expect(
    written(transformFrames(logs, [{ id: 'extractFields', options: { source: 'line' } }], context)),
  ).toEqual(['A: line={"a":1,"b":{"c":"x"}},a=2 b="two words" | a=1,2 | b=[object Object],two words']);
  const paths = { source: 'line', replace: true, jsonPaths: [{ path: 'b.c', alias: 'c' }] };
  expect(written(transformFrames(logs, [{ id: 'extractFields', options: paths }], context))).toEqual([
    'A: c=x,·',
  ]);
});

test('rows become fields, rows with the same value a frame each, series a row each', () => {
  expect(written(transformFrames(tab1, [{ id: 'rowsToFields', options: {} }], context))[0]).toContain('a');
  expect(
    written(transformFrames(tab1, [{ id: 'partitionByValues', options: { fields: ['g'] } }], context)),
  ).toEqual(['A: a v=1,3 | a w=9,7', 'A: b v=2 | b w=8', 'A: c v=· | c w=6']);
  const [table] = transformFrames(seriesPlain, [{ id: 'timeSeriesTable', options: {} }], context);
  expect(table!.fields.map(({ name }) => name)).toEqual(['job', 'inst', 'Trend #A']);
});
