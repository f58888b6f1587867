import type { Choice, OptionDescriptor } from './plugin';

type Name = [english: string, korean: string];

const legend: Name = ['Legend', '범례'];
const tooltip: Name = ['Tooltip', '툴팁'];
const axis: Name = ['Axis', '축'];

export const choice = (value: Choice['value'], english: string, korean: string): Choice => ({
  value,
  name: [english, korean],
});

const none = choice('none', 'None', '없음');

const showsLegend = (options: Record<string, unknown>) =>
  (options.legend as { showLegend?: boolean } | undefined)?.showLegend !== false;

const showsTooltip = (options: Record<string, unknown>) =>
  (options.tooltip as { mode?: string } | undefined)?.mode !== 'none';

/** Options of `panel.options.legend`. */
export const legendOptions: OptionDescriptor[] = [
  {
    path: 'legend.showLegend',
    name: ['Show legend', '범례 표시'],
    category: legend,
    input: 'switch',
    defaultValue: true,
  },
  {
    path: 'legend.displayMode',
    name: ['Mode', '형식'],
    category: legend,
    input: 'radio',
    choices: [choice('list', 'List', '목록'), choice('table', 'Table', '표')],
    defaultValue: 'list',
    showIf: showsLegend,
  },
  {
    path: 'legend.placement',
    name: ['Placement', '위치'],
    category: legend,
    input: 'radio',
    choices: [choice('bottom', 'Bottom', '아래'), choice('right', 'Right', '오른쪽')],
    defaultValue: 'bottom',
    showIf: showsLegend,
  },
  {
    path: 'legend.width',
    name: ['Width', '너비'],
    category: legend,
    input: 'number',
    min: 0,
    integer: true,
    placeholder: 'auto',
    showIf: (options) =>
      showsLegend(options) && (options.legend as { placement?: string } | undefined)?.placement === 'right',
  },
  {
    path: 'legend.calcs',
    name: ['Values', '값'],
    category: legend,
    help: ['Calculations to show beside the names', '이름 옆에 보일 계산'],
    input: 'reducers',
    several: true,
    defaultValue: [],
    showIf: showsLegend,
  },
];

/** Options of `panel.options.tooltip`. */
export const tooltipOptions: OptionDescriptor[] = [
  {
    path: 'tooltip.mode',
    name: ['Tooltip mode', '툴팁 형식'],
    category: tooltip,
    input: 'radio',
    choices: [
      choice('single', 'Single', '하나'),
      choice('multi', 'All', '모두'),
      choice('none', 'Hidden', '숨김'),
    ],
    defaultValue: 'single',
  },
  {
    path: 'tooltip.sort',
    name: ['Values sort order', '값 정렬'],
    category: tooltip,
    input: 'radio',
    choices: [none, choice('asc', 'Ascending', '오름차순'), choice('desc', 'Descending', '내림차순')],
    defaultValue: 'none',
    showIf: (options) => (options.tooltip as { mode?: string } | undefined)?.mode === 'multi',
  },
  {
    path: 'tooltip.hideZeros',
    name: ['Hide zeros', '0 숨기기'],
    category: tooltip,
    input: 'switch',
    defaultValue: false,
    showIf: showsTooltip,
  },
  {
    path: 'tooltip.maxWidth',
    name: ['Max width', '최대 너비'],
    category: tooltip,
    input: 'number',
    integer: true,
    showIf: showsTooltip,
  },
  {
    path: 'tooltip.maxHeight',
    name: ['Max height', '최대 높이'],
    category: tooltip,
    input: 'number',
    integer: true,
    showIf: showsTooltip,
  },
];

const distribution = (custom: Record<string, unknown>) =>
  (custom.scaleDistribution as { type?: string } | undefined)?.type ?? 'linear';

/** Options of a field's axis. */
export const axisOptions: OptionDescriptor[] = [
  {
    path: 'axisPlacement',
    name: ['Placement', '위치'],
    category: axis,
    input: 'radio',
    choices: [
      choice('auto', 'Auto', '자동'),
      choice('left', 'Left', '왼쪽'),
      choice('right', 'Right', '오른쪽'),
      choice('hidden', 'Hidden', '숨김'),
    ],
    defaultValue: 'auto',
  },
  { path: 'axisLabel', name: ['Label', '이름'], category: axis, input: 'text' },
  {
    path: 'axisWidth',
    name: ['Width', '너비'],
    category: axis,
    input: 'number',
    min: 0,
    integer: true,
    placeholder: 'auto',
  },
  {
    path: 'axisGridShow',
    name: ['Show grid lines', '격자선'],
    category: axis,
    input: 'radio',
    choices: [choice(true, 'On', '켬'), choice(false, 'Off', '끔')],
  },
  {
    path: 'axisColorMode',
    name: ['Color', '색'],
    category: axis,
    input: 'radio',
    choices: [choice('text', 'Text', '글자색'), choice('series', 'Series', '시리즈')],
    defaultValue: 'text',
  },
  {
    path: 'axisBorderShow',
    name: ['Show border', '테두리'],
    category: axis,
    input: 'switch',
    defaultValue: false,
  },
  {
    path: 'scaleDistribution.type',
    name: ['Scale', '눈금'],
    category: axis,
    input: 'radio',
    choices: [
      choice('linear', 'Linear', '선형'),
      choice('log', 'Logarithmic', '로그'),
      choice('symlog', 'Symlog', '대칭 로그'),
    ],
    defaultValue: 'linear',
  },
  {
    path: 'scaleDistribution.log',
    name: ['Log base', '로그 밑'],
    category: axis,
    input: 'radio',
    choices: [choice(2, '2', '2'), choice(10, '10', '10')],
    defaultValue: 10,
    showIf: (custom) => distribution(custom) !== 'linear',
  },
  {
    path: 'scaleDistribution.linearThreshold',
    name: ['Linear threshold', '선형 구간'],
    category: axis,
    input: 'number',
    defaultValue: 1,
    showIf: (custom) => distribution(custom) === 'symlog',
  },
  {
    path: 'axisCenteredZero',
    name: ['Centered zero', '0을 가운데에'],
    category: axis,
    input: 'switch',
    defaultValue: false,
  },
  { path: 'axisSoftMin', name: ['Soft min', '유연한 최소'], category: axis, input: 'number' },
  { path: 'axisSoftMax', name: ['Soft max', '유연한 최대'], category: axis, input: 'number' },
];

export const stackingOptions: OptionDescriptor[] = [
  {
    path: 'stacking.mode',
    name: ['Stack series', '시리즈 쌓기'],
    category: ['Graph styles', '그래프 모양'],
    input: 'radio',
    choices: [
      choice('none', 'Off', '끔'),
      choice('normal', 'Normal', '쌓기'),
      choice('percent', '100%', '100%'),
    ],
    defaultValue: 'none',
  },
  {
    path: 'stacking.group',
    name: ['Stacking group', '쌓는 묶음'],
    category: ['Graph styles', '그래프 모양'],
    input: 'text',
    defaultValue: 'A',
    showIf: (custom) => ((custom.stacking as { mode?: string } | undefined)?.mode ?? 'none') !== 'none',
  },
];

export const thresholdsOption: OptionDescriptor = {
  path: 'thresholdsStyle.mode',
  name: ['Show thresholds', '임계값 표시'],
  category: ['Thresholds', '임계값'],
  input: 'select',
  choices: [
    choice('off', 'Off', '끔'),
    choice('line', 'As lines', '선'),
    choice('dashed', 'As lines (dashed)', '점선'),
    choice('area', 'As filled regions', '영역'),
    choice('line+area', 'As filled regions and lines', '영역과 선'),
    choice('dashed+area', 'As filled regions and lines (dashed)', '영역과 점선'),
  ],
  defaultValue: 'off',
};

const hiding: Name = ['Hide in', '숨길 곳'];

export const hideOptions: OptionDescriptor[] = [
  {
    path: 'hideFrom.viz',
    name: ['Hide in graph', '그래프에서 숨기기'],
    category: hiding,
    input: 'switch',
    defaultValue: false,
  },
  {
    path: 'hideFrom.legend',
    name: ['Hide in legend', '범례에서 숨기기'],
    category: hiding,
    input: 'switch',
    defaultValue: false,
  },
  {
    path: 'hideFrom.tooltip',
    name: ['Hide in tooltip', '툴팁에서 숨기기'],
    category: hiding,
    input: 'switch',
    defaultValue: false,
  },
];

export const gradientChoices: Choice[] = [
  none,
  choice('opacity', 'Opacity', '불투명도'),
  choice('hue', 'Hue', '색조'),
  choice('scheme', 'Scheme', '색 구성'),
];
