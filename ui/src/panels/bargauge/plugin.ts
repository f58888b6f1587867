import type { PanelPlugin } from '../plugin';
import {
  defaultReduce,
  defaultThresholds,
  orientationOption,
  reduceOptions,
  textSizeOptions,
} from '../value-options';
import { BarGaugePanel } from './bargauge';

const style: [string, string] = ['Bar gauge', '막대 게이지'];

export const plugin: PanelPlugin = {
  component: BarGaugePanel,
  options: [
    ...reduceOptions,
    { ...orientationOption, category: style },
    {
      path: 'displayMode',
      name: ['Display mode', '표시 방식'],
      category: style,
      input: 'radio',
      defaultValue: 'gradient',
      choices: [
        { value: 'gradient', name: ['Gradient', '그라데이션'] },
        { value: 'lcd', name: ['Retro LCD', 'LCD'] },
        { value: 'basic', name: ['Basic', '기본'] },
      ],
    },
    {
      path: 'valueMode',
      name: ['Value display', '값 표시'],
      category: style,
      input: 'radio',
      defaultValue: 'color',
      choices: [
        { value: 'color', name: ['Value color', '값 색'] },
        { value: 'text', name: ['Text color', '글자 색'] },
        { value: 'hidden', name: ['Hidden', '숨김'] },
      ],
    },
    {
      path: 'namePlacement',
      name: ['Name placement', '이름 위치'],
      category: style,
      input: 'radio',
      defaultValue: 'auto',
      choices: [
        { value: 'auto', name: ['Auto', '자동'] },
        { value: 'top', name: ['Top', '위'] },
        { value: 'left', name: ['Left', '왼쪽'] },
        { value: 'hidden', name: ['Hidden', '숨김'] },
      ],
      showIf: ({ orientation }) => orientation !== 'vertical',
    },
    {
      path: 'showUnfilled',
      name: ['Show unfilled area', '빈 부분 표시'],
      category: style,
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'sizing',
      name: ['Bar size', '막대 크기'],
      category: style,
      input: 'radio',
      defaultValue: 'auto',
      choices: [
        { value: 'auto', name: ['Auto', '자동'] },
        { value: 'manual', name: ['Manual', '직접'] },
      ],
    },
    {
      path: 'minVizWidth',
      name: ['Min width', '최소 너비'],
      category: style,
      input: 'number',
      min: 0,
      placeholder: '8',
      showIf: ({ sizing, orientation }) => sizing === 'manual' && orientation !== 'horizontal',
    },
    {
      path: 'minVizHeight',
      name: ['Min height', '최소 높이'],
      category: style,
      input: 'number',
      min: 0,
      placeholder: '16',
      showIf: ({ sizing, orientation }) => sizing === 'manual' && orientation !== 'vertical',
    },
    {
      path: 'maxVizHeight',
      name: ['Max height', '최대 높이'],
      category: style,
      input: 'number',
      min: 0,
      placeholder: '300',
      showIf: ({ sizing, orientation }) => sizing === 'manual' && orientation !== 'vertical',
    },
    ...textSizeOptions,
  ],
  fieldOptions: [],
  defaults: {
    options: {
      reduceOptions: defaultReduce,
      orientation: 'auto',
      displayMode: 'gradient',
      valueMode: 'color',
      namePlacement: 'auto',
      showUnfilled: true,
      sizing: 'auto',
    },
    fieldConfig: { color: { mode: 'thresholds' }, thresholds: defaultThresholds },
  },
};
