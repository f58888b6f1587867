import { choice, hideOptions, legendOptions, tooltipOptions } from '../graph-options';
import type { OptionDescriptor } from '../plugin';

const showValue: OptionDescriptor = {
  path: 'showValue',
  name: ['Show values', '값 표시'],
  input: 'radio',
  choices: [
    choice('auto', 'Auto', '자동'),
    choice('always', 'Always', '항상'),
    choice('never', 'Never', '안 함'),
  ],
  defaultValue: 'auto',
};

const rowHeight: OptionDescriptor = {
  path: 'rowHeight',
  name: ['Row height', '줄 높이'],
  input: 'slider',
  min: 0,
  max: 1,
  step: 0.01,
  defaultValue: 0.9,
};

const legend = legendOptions.filter(({ path }) => path !== 'legend.calcs');
const tooltip = tooltipOptions.filter(({ path }) => path !== 'tooltip.hideZeros');

export const stateTimelineOptions: OptionDescriptor[] = [
  {
    path: 'mergeValues',
    name: ['Merge equal consecutive values', '이어지는 같은 값 합치기'],
    input: 'switch',
    defaultValue: true,
  },
  showValue,
  {
    path: 'alignValue',
    name: ['Align values', '값 정렬'],
    input: 'radio',
    choices: [
      choice('left', 'Left', '왼쪽'),
      choice('center', 'Center', '가운데'),
      choice('right', 'Right', '오른쪽'),
    ],
    defaultValue: 'left',
  },
  rowHeight,
  ...legend,
  ...tooltip,
];

export const statusHistoryOptions: OptionDescriptor[] = [
  showValue,
  rowHeight,
  {
    path: 'colWidth',
    name: ['Column width', '칸 너비'],
    input: 'slider',
    min: 0,
    max: 1,
    step: 0.01,
    defaultValue: 0.9,
  },
  ...legend,
  ...tooltip,
];

const style: OptionDescriptor[] = [
  {
    path: 'lineWidth',
    name: ['Line width', '선 굵기'],
    input: 'slider',
    min: 0,
    max: 10,
    step: 1,
    defaultValue: 0,
  },
  {
    path: 'fillOpacity',
    name: ['Fill opacity', '채우기 불투명도'],
    input: 'slider',
    min: 0,
    max: 100,
    step: 1,
    defaultValue: 70,
  },
];

const durations = [
  choice(60_000, '1 minute', '1분'),
  choice(300_000, '5 minutes', '5분'),
  choice(3_600_000, '1 hour', '1시간'),
];

export const stateTimelineFieldOptions: OptionDescriptor[] = [
  ...style,
  {
    path: 'spanNulls',
    name: ['Connect null values', '빈 값 잇기'],
    input: 'select',
    choices: [choice(false, 'Never', '안 함'), choice(true, 'Always', '항상'), ...durations],
    defaultValue: false,
  },
  {
    path: 'insertNulls',
    name: ['Disconnect values', '값 끊기'],
    input: 'select',
    choices: [choice(false, 'Never', '안 함'), ...durations],
    defaultValue: false,
  },
  ...hideOptions,
];

export const statusHistoryFieldOptions: OptionDescriptor[] = [...style, ...hideOptions];
