import type { PanelPlugin } from '../plugin';
import {
  defaultReduce,
  defaultThresholds,
  orientationOption,
  reduceOptions,
  textSizeOptions,
} from '../value-options';
import { GaugePanel } from './gauge';

const style: [string, string] = ['Gauge', '게이지'];

export const plugin: PanelPlugin = {
  component: GaugePanel,
  options: [
    ...reduceOptions,
    { ...orientationOption, category: style },
    {
      path: 'showThresholdLabels',
      name: ['Threshold labels', '임계값 라벨'],
      category: style,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'showThresholdMarkers',
      name: ['Threshold markers', '임계값 표시'],
      category: style,
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'sizing',
      name: ['Gauge size', '게이지 크기'],
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
      placeholder: '75',
      showIf: ({ sizing }) => sizing === 'manual',
    },
    {
      path: 'minVizHeight',
      name: ['Min height', '최소 높이'],
      category: style,
      input: 'number',
      min: 0,
      placeholder: '75',
      showIf: ({ sizing }) => sizing === 'manual',
    },
    ...textSizeOptions,
  ],
  fieldOptions: [],
  defaults: {
    options: {
      reduceOptions: defaultReduce,
      orientation: 'auto',
      showThresholdLabels: false,
      showThresholdMarkers: true,
      sizing: 'auto',
    },
    fieldConfig: { color: { mode: 'thresholds' }, thresholds: defaultThresholds },
  },
};
