import type { OptionDescriptor } from './plugin';

type Name = [english: string, korean: string];

const valueCategory: Name = ['Value options', '값 옵션'];
const textCategory: Name = ['Text size', '글자 크기'];

function fieldsOf(options: Record<string, unknown>): { values?: boolean } {
  return (options.reduceOptions ?? {}) as { values?: boolean };
}

/** Which values a panel shows: all rows, or one per field. */
export const reduceOptions: OptionDescriptor[] = [
  {
    path: 'reduceOptions.values',
    name: ['Show', '표시'],
    help: ['One value per column or one per row', '열마다 하나 또는 행마다 하나'],
    category: valueCategory,
    input: 'radio',
    defaultValue: false,
    choices: [
      { value: false, name: ['Calculate', '계산'] },
      { value: true, name: ['All values', '모든 값'] },
    ],
  },
  {
    path: 'reduceOptions.limit',
    name: ['Limit', '개수 제한'],
    category: valueCategory,
    input: 'number',
    min: 0,
    integer: true,
    placeholder: '25',
    showIf: (options) => fieldsOf(options).values === true,
  },
  {
    path: 'reduceOptions.calcs',
    name: ['Calculation', '계산 방법'],
    category: valueCategory,
    input: 'reducers',
    several: false,
    defaultValue: ['lastNotNull'],
    showIf: (options) => fieldsOf(options).values !== true,
  },
  {
    path: 'reduceOptions.fields',
    name: ['Fields', '필드'],
    help: ['Empty for all numbers', '비우면 모든 숫자'],
    category: valueCategory,
    input: 'fieldName',
    defaultValue: '',
  },
];

export const orientationOption: OptionDescriptor = {
  path: 'orientation',
  name: ['Orientation', '배치'],
  input: 'radio',
  defaultValue: 'auto',
  choices: [
    { value: 'auto', name: ['Auto', '자동'] },
    { value: 'horizontal', name: ['Horizontal', '가로'] },
    { value: 'vertical', name: ['Vertical', '세로'] },
  ],
};

export const textSizeOptions: OptionDescriptor[] = [
  {
    path: 'text.titleSize',
    name: ['Title', '제목'],
    category: textCategory,
    input: 'number',
    min: 1,
    placeholder: 'auto',
  },
  {
    path: 'text.valueSize',
    name: ['Value', '값'],
    category: textCategory,
    input: 'number',
    min: 1,
    placeholder: 'auto',
  },
];

/** What a panel of single values begins with. */
export const defaultReduce = { calcs: ['lastNotNull'], fields: '', values: false };

export const defaultThresholds = {
  mode: 'absolute' as const,
  steps: [
    { value: null, color: 'green' },
    { value: 80, color: 'red' },
  ],
};
