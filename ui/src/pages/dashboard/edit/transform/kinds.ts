import type { OptionDescriptor } from '../../../../panels/plugin';

/** A transformation that can be added: what it is called, what it begins with, and its simple options. */
export type TransformationKind = {
  id: string;
  name: [english: string, korean: string];
  help: [english: string, korean: string];
  start: Record<string, unknown>;
  options: OptionDescriptor[];
  /** It has a form of its own (`forms.tsx`), above the simple options. */
  hasForm?: boolean;
};

const field = (path: string, english: string, korean: string): OptionDescriptor => ({
  path,
  name: [english, korean],
  input: 'fieldName',
});
const fields = (path: string, english: string, korean: string): OptionDescriptor => ({
  path,
  name: [english, korean],
  input: 'fieldName',
  several: true,
});
const written = (path: string, english: string, korean: string, placeholder?: string): OptionDescriptor => ({
  path,
  name: [english, korean],
  input: 'text',
  placeholder,
});
const choice = (
  path: string,
  name: [string, string],
  defaultValue: string,
  choices: [value: string, english: string, korean: string][],
): OptionDescriptor => ({
  path,
  name,
  input: 'radio',
  defaultValue,
  choices: choices.map(([value, english, korean]) => ({ value, name: [english, korean] })),
});

export const transformationKinds: readonly TransformationKind[] = [
  {
    id: 'organize',
    name: ['Organize fields by name', '필드 정리'],
    help: ['Rename, reorder and hide fields.', '필드의 이름과 순서를 바꾸고 숨깁니다.'],
    start: { excludeByName: {}, indexByName: {}, renameByName: {}, includeByName: {} },
    options: [],
    hasForm: true,
  },
  {
    id: 'merge',
    name: ['Merge series/tables', '표 합치기'],
    help: ['All tables as one; equal rows become one row.', '모든 표를 하나로 합칩니다.'],
    start: {},
    options: [],
  },
  {
    id: 'joinByField',
    name: ['Join by field', '필드로 조인'],
    help: ['Tables side by side, joined on one field.', '한 필드를 기준으로 표를 나란히 붙입니다.'],
    start: { mode: 'outer' },
    options: [
      choice('mode', ['Mode', '방식'], 'outer', [
        ['outer', 'Outer', '외부'],
        ['inner', 'Inner', '내부'],
      ]),
      field('byField', 'Field', '필드'),
    ],
  },
  {
    id: 'renameByRegex',
    name: ['Rename fields by regex', '정규식으로 이름 바꾸기'],
    help: [
      'Groups of the pattern stand as $1, $2 in the new name.',
      '패턴의 그룹은 새 이름에서 $1, $2입니다.',
    ],
    start: { regex: '(.*)', renamePattern: '$1' },
    options: [
      written('regex', 'Match', '패턴', '(.*)'),
      written('renamePattern', 'Replace', '바꿀 이름', '$1'),
    ],
  },
  {
    id: 'filterFieldsByName',
    name: ['Filter fields by name', '이름으로 필드 고르기'],
    help: [
      'Keeps the fields that are named or match, without those excluded.',
      '이름이나 패턴에 맞는 필드만 남깁니다.',
    ],
    start: { include: { names: [] } },
    options: [
      fields('include.names', 'Keep', '남길 필드'),
      written('include.pattern', 'Keep by pattern', '패턴으로 남기기', '.*'),
      fields('exclude.names', 'Leave out', '뺄 필드'),
      written('exclude.pattern', 'Leave out by pattern', '패턴으로 빼기'),
    ],
  },
  {
    id: 'filterByRefId',
    name: ['Filter data by query', '쿼리로 고르기'],
    help: ['Keeps the answers of some queries.', '일부 쿼리의 결과만 남깁니다.'],
    start: {},
    options: [],
    hasForm: true,
  },
  {
    id: 'groupBy',
    name: ['Group by', '그룹화'],
    help: [
      'One row for each value of the grouping fields, the others calculated.',
      '그룹 필드의 값마다 한 행을 계산합니다.',
    ],
    start: { fields: {} },
    options: [],
    hasForm: true,
  },
  {
    id: 'calculateField',
    name: ['Add field from calculation', '계산으로 필드 추가'],
    help: ['A new field out of others.', '다른 필드로 새 필드를 만듭니다.'],
    start: { mode: 'reduceRow', reduce: { reducer: 'sum' } },
    options: [
      written('alias', 'Alias', '별칭'),
      {
        path: 'replaceFields',
        name: ['Replace all fields', '다른 필드 없애기'],
        input: 'switch',
        defaultValue: false,
      },
    ],
    hasForm: true,
  },
  {
    id: 'labelsToFields',
    name: ['Labels to fields', '레이블을 필드로'],
    help: ['Each label becomes a field.', '레이블마다 필드를 만듭니다.'],
    start: { mode: 'columns' },
    options: [
      choice('mode', ['Mode', '방식'], 'columns', [
        ['columns', 'Columns', '열'],
        ['rows', 'Rows', '행'],
      ]),
      {
        path: 'keepLabels',
        name: ['Labels', '레이블'],
        help: ['None chosen: all of them.', '고르지 않으면 모두입니다.'],
        input: 'fieldName',
        several: true,
      },
      written('valueLabel', 'Value field name from label', '값 필드 이름의 레이블'),
    ],
  },
  {
    id: 'sortBy',
    name: ['Sort by', '정렬'],
    help: ['Rows in the order of one field.', '한 필드의 순서로 행을 정렬합니다.'],
    start: { fields: {}, sort: [{ field: '' }] },
    options: [],
    hasForm: true,
  },
  {
    id: 'reduce',
    name: ['Reduce', '요약'],
    help: ['Each field as calculated values.', '필드마다 계산한 값만 남깁니다.'],
    start: { mode: 'seriesToRows', reducers: ['lastNotNull'] },
    options: [
      choice('mode', ['Mode', '방식'], 'seriesToRows', [
        ['seriesToRows', 'Series to rows', '시리즈를 행으로'],
        ['reduceFields', 'Reduce fields', '필드 줄이기'],
      ]),
      { path: 'reducers', name: ['Calculations', '계산'], input: 'reducers', several: true },
      {
        path: 'labelsToFields',
        name: ['Labels to fields', '레이블을 필드로'],
        input: 'switch',
        defaultValue: false,
        showIf: (options) => options.mode !== 'reduceFields',
      },
      { path: 'includeTimeField', name: ['Include time', '시간 포함'], input: 'switch', defaultValue: false },
    ],
  },
  {
    id: 'filterByValue',
    name: ['Filter data by values', '값으로 행 고르기'],
    help: ['Keeps or leaves out rows by what is in them.', '값에 따라 행을 남기거나 뺍니다.'],
    start: { filters: [], type: 'include', match: 'any' },
    options: [
      choice('type', ['Rows that match are', '맞는 행은'], 'include', [
        ['include', 'Kept', '남김'],
        ['exclude', 'Left out', '뺌'],
      ]),
      choice('match', ['Conditions', '조건'], 'any', [
        ['any', 'Any', '하나라도'],
        ['all', 'All', '모두'],
      ]),
    ],
    hasForm: true,
  },
  {
    id: 'seriesToRows',
    name: ['Series to rows', '시리즈를 행으로'],
    help: ['All series in one table: time, metric, value.', '모든 시리즈를 한 표로 만듭니다.'],
    start: {},
    options: [],
  },
  {
    id: 'concatenate',
    name: ['Concatenate fields', '필드 이어 붙이기'],
    help: ['The fields of all tables in one.', '모든 표의 필드를 한 표에 둡니다.'],
    start: { frameNameMode: 'field', frameNameLabel: 'frame' },
    options: [
      choice('frameNameMode', ['Name of the table', '표 이름'], 'field', [
        ['field', 'Into field names', '필드 이름에'],
        ['label', 'As a label', '레이블로'],
        ['drop', 'Ignore', '버림'],
      ]),
      {
        ...written('frameNameLabel', 'Label', '레이블'),
        showIf: (options) => options.frameNameMode === 'label',
      },
    ],
  },
  {
    id: 'limit',
    name: ['Limit', '개수 제한'],
    help: ['The first rows only.', '앞의 행만 남깁니다.'],
    start: { limitField: 10 },
    options: [
      { path: 'limitField', name: ['Rows', '행'], input: 'number', min: 0, integer: true, defaultValue: 10 },
    ],
  },
  {
    id: 'convertFieldType',
    name: ['Convert field type', '필드 형식 바꾸기'],
    help: ['Numbers, times, text out of another type.', '필드를 숫자, 시간, 글자 등으로 바꿉니다.'],
    start: { conversions: [{}], fields: {} },
    options: [],
    hasForm: true,
  },
  {
    id: 'rowsToFields',
    name: ['Rows to fields', '행을 필드로'],
    help: ['Each row becomes a field named by its first text.', '행마다 필드를 만듭니다.'],
    start: {},
    options: [],
  },
  {
    id: 'partitionByValues',
    name: ['Partition by values', '값으로 나누기'],
    help: ['A table for each value of a field.', '필드의 값마다 표를 나눕니다.'],
    start: { fields: [] },
    options: [
      fields('fields', 'Fields', '필드'),
      { path: 'keepFields', name: ['Keep the fields', '필드 남기기'], input: 'switch', defaultValue: false },
    ],
  },
  {
    id: 'extractFields',
    name: ['Extract fields', '필드 추출'],
    help: ['Fields out of JSON or key=value text.', 'JSON이나 key=value에서 필드를 꺼냅니다.'],
    start: { format: 'json' },
    options: [
      field('source', 'Source', '원본'),
      choice('format', ['Format', '형식'], 'json', [
        ['json', 'JSON', 'JSON'],
        ['kvp', 'Key and value', '키와 값'],
        ['auto', 'Auto', '자동'],
      ]),
      {
        path: 'replace',
        name: ['Replace all fields', '다른 필드 없애기'],
        input: 'switch',
        defaultValue: false,
      },
      { path: 'keepTime', name: ['Keep time', '시간 남기기'], input: 'switch', defaultValue: false },
    ],
  },
  {
    id: 'groupingToMatrix',
    name: ['Grouping to matrix', '행렬로'],
    help: ['Three fields become columns, rows and cells.', '세 필드를 열, 행, 칸으로 만듭니다.'],
    start: {},
    options: [
      field('columnField', 'Columns', '열'),
      field('rowField', 'Rows', '행'),
      field('valueField', 'Cells', '칸'),
    ],
  },
  {
    id: 'timeSeriesTable',
    name: ['Time series to table', '시계열을 표로'],
    help: ['A row for each series, with its curve in a cell.', '시리즈마다 한 행과 작은 그래프를 둡니다.'],
    start: {},
    options: [],
  },
  {
    id: 'formatTime',
    name: ['Format time', '시간 형식'],
    help: ['Times as text.', '시간을 글자로 바꿉니다.'],
    start: { timeField: '', outputFormat: 'YYYY-MM-DD HH:mm:ss', useTimezone: true },
    options: [
      { path: 'timeField', name: ['Field', '필드'], input: 'fieldName', type: 'time' },
      written('outputFormat', 'Format', '형식', 'YYYY-MM-DD HH:mm:ss'),
      {
        path: 'useTimezone',
        name: ['Time zone of the dashboard', '대시보드의 시간대'],
        input: 'switch',
        defaultValue: true,
      },
    ],
  },
];

/** Older names of the same. */
const aliases: Record<string, string> = { seriesToColumns: 'joinByField', ensureColumns: 'joinByField' };

export function transformationKind(id: string): TransformationKind | undefined {
  return transformationKinds.find((kind) => kind.id === (aliases[id] ?? id));
}
