import { axisOptions, choice, hideOptions, tooltipOptions } from '../graph-options';
import type { OptionDescriptor } from '../plugin';
import { schemes } from './schemes';

type Options = Record<string, unknown>;

const heatmap: [string, string] = ['Heatmap', '히트맵'];
const axis: [string, string] = ['Y axis', 'Y축'];
const colors: [string, string] = ['Colors', '색'];
const cells: [string, string] = ['Cell display', '셀 표시'];

const calculates = (options: Options) => options.calculate === true;
const isOpacity = (options: Options) => (options.color as { mode?: string } | undefined)?.mode === 'opacity';

function buckets(side: 'x' | 'y', name: [string, string]): OptionDescriptor[] {
  return [
    {
      path: `calculation.${side}Buckets.mode`,
      name,
      category: heatmap,
      input: 'radio',
      choices: [choice('size', 'Size', '크기'), choice('count', 'Count', '개수')],
      defaultValue: 'size',
      showIf: calculates,
    },
    {
      path: `calculation.${side}Buckets.value`,
      name: [`${name[0]}: value`, `${name[1]} 값`],
      category: heatmap,
      input: 'text',
      placeholder: 'auto',
      showIf: calculates,
    },
  ];
}

export const heatmapOptions: OptionDescriptor[] = [
  {
    path: 'calculate',
    name: ['Calculate from data', '데이터로 계산'],
    category: heatmap,
    input: 'switch',
    defaultValue: false,
  },
  ...buckets('x', ['X buckets', 'X 구간']),
  ...buckets('y', ['Y buckets', 'Y 구간']),
  {
    path: 'calculation.yBuckets.scale.type',
    name: ['Y bucket scale', 'Y 구간 눈금'],
    category: heatmap,
    input: 'radio',
    choices: [choice('linear', 'Linear', '선형'), choice('log', 'Logarithmic', '로그')],
    defaultValue: 'linear',
    showIf: calculates,
  },
  {
    path: 'calculation.yBuckets.scale.log',
    name: ['Log base', '로그 밑'],
    category: heatmap,
    input: 'radio',
    choices: [choice(2, '2', '2'), choice(10, '10', '10')],
    defaultValue: 2,
    showIf: calculates,
  },
  {
    path: 'rowsFrame.layout',
    name: ['Tick alignment', '눈금 위치'],
    category: axis,
    input: 'radio',
    choices: [
      choice('auto', 'Auto', '자동'),
      choice('le', 'Top (le)', '위 (le)'),
      choice('unknown', 'Middle', '가운데'),
      choice('ge', 'Bottom (ge)', '아래 (ge)'),
    ],
    defaultValue: 'auto',
    showIf: (options) => !calculates(options),
  },
  {
    path: 'yAxis.axisPlacement',
    name: ['Placement', '위치'],
    category: axis,
    input: 'radio',
    choices: [
      choice('left', 'Left', '왼쪽'),
      choice('right', 'Right', '오른쪽'),
      choice('hidden', 'Hidden', '숨김'),
    ],
    defaultValue: 'left',
  },
  { path: 'yAxis.unit', name: ['Unit', '단위'], category: axis, input: 'unit' },
  {
    path: 'yAxis.decimals',
    name: ['Decimals', '소수 자릿수'],
    category: axis,
    input: 'number',
    min: 0,
    max: 20,
    integer: true,
  },
  { path: 'yAxis.min', name: ['Min value', '최소'], category: axis, input: 'number' },
  { path: 'yAxis.max', name: ['Max value', '최대'], category: axis, input: 'number' },
  {
    path: 'yAxis.axisWidth',
    name: ['Axis width', '축 너비'],
    category: axis,
    input: 'number',
    min: 5,
    integer: true,
  },
  { path: 'yAxis.axisLabel', name: ['Axis label', '축 이름'], category: axis, input: 'text' },
  {
    path: 'yAxis.reverse',
    name: ['Reverse', '뒤집기'],
    category: axis,
    input: 'switch',
    defaultValue: false,
  },
  {
    path: 'color.mode',
    name: ['Mode', '방식'],
    category: colors,
    input: 'radio',
    choices: [choice('scheme', 'Scheme', '색 구성'), choice('opacity', 'Opacity', '불투명도')],
    defaultValue: 'scheme',
  },
  {
    path: 'color.fill',
    name: ['Color', '색'],
    category: colors,
    input: 'color',
    defaultValue: 'dark-orange',
    showIf: isOpacity,
  },
  {
    path: 'color.scale',
    name: ['Scale', '눈금'],
    category: colors,
    input: 'radio',
    choices: [choice('exponential', 'Exponential', '지수'), choice('linear', 'Linear', '선형')],
    defaultValue: 'exponential',
    showIf: isOpacity,
  },
  {
    path: 'color.exponent',
    name: ['Exponent', '지수'],
    category: colors,
    input: 'slider',
    min: 0.1,
    max: 2,
    step: 0.1,
    defaultValue: 0.5,
    showIf: isOpacity,
  },
  {
    path: 'color.scheme',
    name: ['Scheme', '색 구성'],
    category: colors,
    input: 'select',
    choices: Object.keys(schemes).map((name) => choice(name, name, name)),
    defaultValue: 'Oranges',
    showIf: (options) => !isOpacity(options),
  },
  {
    path: 'color.steps',
    name: ['Steps', '단계'],
    category: colors,
    input: 'slider',
    min: 2,
    max: 128,
    step: 1,
    defaultValue: 64,
  },
  {
    path: 'color.reverse',
    name: ['Reverse', '뒤집기'],
    category: colors,
    input: 'switch',
    defaultValue: false,
  },
  {
    path: 'color.min',
    name: ['Start color scale from value', '색 눈금의 시작'],
    category: colors,
    input: 'number',
  },
  {
    path: 'color.max',
    name: ['End color scale at value', '색 눈금의 끝'],
    category: colors,
    input: 'number',
  },
  {
    path: 'showValue',
    name: ['Show values', '값 표시'],
    category: cells,
    input: 'radio',
    choices: [
      choice('auto', 'Auto', '자동'),
      choice('always', 'Always', '항상'),
      choice('never', 'Never', '안 함'),
    ],
    defaultValue: 'never',
  },
  {
    path: 'cellGap',
    name: ['Cell gap', '셀 간격'],
    category: cells,
    input: 'slider',
    min: 0,
    max: 25,
    step: 1,
    defaultValue: 1,
  },
  {
    path: 'cellRadius',
    name: ['Cell radius', '셀 모서리'],
    category: cells,
    input: 'slider',
    min: 0,
    max: 100,
    step: 1,
    defaultValue: 0,
  },
  {
    path: 'filterValues.le',
    name: ['Hide cells with values <=', '이 값 이하 숨기기'],
    category: cells,
    input: 'number',
    defaultValue: 1e-9,
  },
  {
    path: 'filterValues.ge',
    name: ['Hide cells with values >=', '이 값 이상 숨기기'],
    category: cells,
    input: 'number',
  },
  { path: 'cellValues.unit', name: ['Unit of counts', '개수의 단위'], category: cells, input: 'unit' },
  {
    path: 'cellValues.decimals',
    name: ['Decimals of counts', '개수의 소수 자릿수'],
    category: cells,
    input: 'number',
    min: 0,
    max: 20,
    integer: true,
  },
  ...tooltipOptions.slice(0, 1),
  {
    path: 'tooltip.yHistogram',
    name: ['Show histogram (Y axis)', '히스토그램 표시 (Y축)'],
    category: ['Tooltip', '툴팁'],
    input: 'switch',
    defaultValue: false,
  },
  {
    path: 'legend.show',
    name: ['Show legend', '범례 표시'],
    category: ['Legend', '범례'],
    input: 'switch',
    defaultValue: true,
  },
  {
    path: 'exemplars.color',
    name: ['Color', '색'],
    category: ['Exemplars', '예시'],
    input: 'color',
    defaultValue: 'rgba(255,0,255,0.7)',
  },
];

export const heatmapFieldOptions: OptionDescriptor[] = [
  ...axisOptions.filter(({ path }) => path.startsWith('scaleDistribution')),
  ...hideOptions,
];
