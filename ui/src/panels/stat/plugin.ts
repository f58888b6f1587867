import type { PanelPlugin } from '../plugin';
import {
  defaultReduce,
  defaultThresholds,
  orientationOption,
  reduceOptions,
  textSizeOptions,
} from '../value-options';
import { StatPanel } from './stat';

const style: [string, string] = ['Stat styles', '표시 방식'];

export const plugin: PanelPlugin = {
  component: StatPanel,
  options: [
    ...reduceOptions,
    { ...orientationOption, category: style },
    {
      path: 'textMode',
      name: ['Text', '텍스트'],
      category: style,
      input: 'select',
      defaultValue: 'auto',
      choices: [
        { value: 'auto', name: ['Auto', '자동'] },
        { value: 'value', name: ['Value', '값'] },
        { value: 'value_and_name', name: ['Value and name', '값과 이름'] },
        { value: 'name', name: ['Name', '이름'] },
        { value: 'none', name: ['None', '없음'] },
      ],
    },
    {
      path: 'wideLayout',
      name: ['Wide layout', '넓은 배치'],
      category: style,
      input: 'switch',
      defaultValue: true,
      showIf: ({ textMode }) =>
        textMode === 'value_and_name' || textMode === 'auto' || textMode === undefined,
    },
    {
      path: 'colorMode',
      name: ['Color', '색'],
      category: style,
      input: 'select',
      defaultValue: 'value',
      choices: [
        { value: 'none', name: ['None', '없음'] },
        { value: 'value', name: ['Value', '값'] },
        { value: 'background', name: ['Background gradient', '배경 그라데이션'] },
        { value: 'background_solid', name: ['Background solid', '단색 배경'] },
      ],
    },
    {
      path: 'graphMode',
      name: ['Graph', '그래프'],
      category: style,
      input: 'radio',
      defaultValue: 'area',
      choices: [
        { value: 'none', name: ['None', '없음'] },
        { value: 'area', name: ['Area', '영역'] },
      ],
    },
    {
      path: 'justifyMode',
      name: ['Alignment', '정렬'],
      category: style,
      input: 'radio',
      defaultValue: 'auto',
      choices: [
        { value: 'auto', name: ['Auto', '자동'] },
        { value: 'center', name: ['Center', '가운데'] },
      ],
    },
    {
      path: 'showPercentChange',
      name: ['Percent change', '변화율'],
      category: style,
      input: 'switch',
      defaultValue: false,
      showIf: ({ reduceOptions: reduce }) => (reduce as { values?: boolean } | undefined)?.values !== true,
    },
    {
      path: 'percentChangeColorMode',
      name: ['Percent change color', '변화율 색'],
      category: style,
      input: 'select',
      defaultValue: 'standard',
      choices: [
        { value: 'standard', name: ['Standard', '표준'] },
        { value: 'inverted', name: ['Inverted', '반전'] },
        { value: 'same_as_value', name: ['Same as value', '값과 같게'] },
      ],
      showIf: ({ showPercentChange }) => showPercentChange === true,
    },
    ...textSizeOptions,
  ],
  fieldOptions: [],
  defaults: {
    options: {
      reduceOptions: defaultReduce,
      orientation: 'auto',
      textMode: 'auto',
      wideLayout: true,
      colorMode: 'value',
      graphMode: 'area',
      justifyMode: 'auto',
      showPercentChange: false,
    },
    fieldConfig: { color: { mode: 'thresholds' }, thresholds: defaultThresholds },
  },
};
