import type { PanelPlugin } from '../plugin';
import { defaultReduce, reduceOptions } from '../value-options';
import { PieChartPanel } from './piechart';

const style: [string, string] = ['Pie chart', '원형 차트'];
const legend: [string, string] = ['Legend', '범례'];

function isLegendShown({ legend: options }: Record<string, unknown>): boolean {
  return (options as { showLegend?: boolean } | undefined)?.showLegend !== false;
}

export const plugin: PanelPlugin = {
  component: PieChartPanel,
  options: [
    ...reduceOptions,
    {
      path: 'pieType',
      name: ['Type', '종류'],
      category: style,
      input: 'radio',
      defaultValue: 'pie',
      choices: [
        { value: 'pie', name: ['Pie', '원형'] },
        { value: 'donut', name: ['Donut', '도넛'] },
      ],
    },
    {
      path: 'sort',
      name: ['Slice sorting', '조각 정렬'],
      category: style,
      input: 'radio',
      defaultValue: 'desc',
      choices: [
        { value: 'desc', name: ['Descending', '내림차순'] },
        { value: 'asc', name: ['Ascending', '오름차순'] },
        { value: 'none', name: ['None', '없음'] },
      ],
    },
    {
      path: 'displayLabels',
      name: ['Labels', '라벨'],
      category: style,
      input: 'multiselect',
      choices: [
        { value: 'name', name: ['Name', '이름'] },
        { value: 'value', name: ['Value', '값'] },
        { value: 'percent', name: ['Percent', '비율'] },
      ],
    },
    {
      path: 'legend.showLegend',
      name: ['Visible', '표시'],
      category: legend,
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'legend.displayMode',
      name: ['Mode', '형식'],
      category: legend,
      input: 'radio',
      defaultValue: 'list',
      choices: [
        { value: 'list', name: ['List', '목록'] },
        { value: 'table', name: ['Table', '표'] },
      ],
      showIf: isLegendShown,
    },
    {
      path: 'legend.placement',
      name: ['Placement', '위치'],
      category: legend,
      input: 'radio',
      defaultValue: 'bottom',
      choices: [
        { value: 'bottom', name: ['Bottom', '아래'] },
        { value: 'right', name: ['Right', '오른쪽'] },
      ],
      showIf: isLegendShown,
    },
    {
      path: 'legend.values',
      name: ['Values', '값'],
      category: legend,
      input: 'multiselect',
      choices: [
        { value: 'value', name: ['Value', '값'] },
        { value: 'percent', name: ['Percent', '비율'] },
      ],
      showIf: isLegendShown,
    },
  ],
  fieldOptions: [
    { path: 'hideFrom.viz', name: ['Hide in pie', '차트에서 숨기기'], input: 'switch', defaultValue: false },
  ],
  defaults: {
    options: {
      reduceOptions: defaultReduce,
      pieType: 'pie',
      sort: 'desc',
      displayLabels: [],
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', values: [] },
    },
    fieldConfig: { color: { mode: 'palette-classic' } },
  },
};
