import type { PanelPlugin } from '../plugin';
import { defaultThresholds } from '../value-options';
import { TablePanel } from './table';

const table: [string, string] = ['Table', '표'];
const footer: [string, string] = ['Table footer', '표 바닥글'];
const cell: [string, string] = ['Cell options', '셀 옵션'];

function isFooterShown({ footer: options }: Record<string, unknown>): boolean {
  return (options as { show?: boolean } | undefined)?.show === true;
}

function cellType({ cellOptions }: Record<string, unknown>): string | undefined {
  return (cellOptions as { type?: string } | undefined)?.type;
}

export const plugin: PanelPlugin = {
  component: TablePanel,
  options: [
    {
      path: 'showHeader',
      name: ['Show table header', '표 머리글 표시'],
      category: table,
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'cellHeight',
      name: ['Cell height', '셀 높이'],
      category: table,
      input: 'radio',
      defaultValue: 'sm',
      choices: [
        { value: 'sm', name: ['Small', '작게'] },
        { value: 'md', name: ['Medium', '보통'] },
        { value: 'lg', name: ['Large', '크게'] },
      ],
    },
    {
      path: 'footer.show',
      name: ['Show table footer', '표 바닥글 표시'],
      category: footer,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'footer.reducer',
      name: ['Calculation', '계산 방법'],
      category: footer,
      input: 'reducers',
      several: false,
      defaultValue: ['sum'],
      showIf: isFooterShown,
    },
    {
      path: 'footer.countRows',
      name: ['Count rows', '행 수 세기'],
      category: footer,
      input: 'switch',
      defaultValue: false,
      showIf: isFooterShown,
    },
    {
      path: 'footer.fields',
      name: ['Fields', '필드'],
      category: footer,
      input: 'fieldName',
      several: true,
      type: 'number',
      showIf: isFooterShown,
    },
    {
      path: 'footer.enablePagination',
      name: ['Enable pagination', '페이지 나누기'],
      category: footer,
      input: 'switch',
      defaultValue: false,
    },
  ],
  fieldOptions: [
    {
      path: 'minWidth',
      name: ['Minimum column width', '최소 열 너비'],
      category: table,
      input: 'number',
      min: 24,
      placeholder: '150',
    },
    {
      path: 'width',
      name: ['Column width', '열 너비'],
      category: table,
      input: 'number',
      min: 24,
      placeholder: 'auto',
    },
    {
      path: 'align',
      name: ['Column alignment', '열 정렬'],
      category: table,
      input: 'radio',
      defaultValue: 'auto',
      choices: [
        { value: 'auto', name: ['Auto', '자동'] },
        { value: 'left', name: ['Left', '왼쪽'] },
        { value: 'center', name: ['Center', '가운데'] },
        { value: 'right', name: ['Right', '오른쪽'] },
      ],
    },
    {
      path: 'filterable',
      name: ['Column filter', '열 필터'],
      category: table,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'hidden',
      name: ['Hide in table', '표에서 숨기기'],
      category: table,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'inspect',
      name: ['Cell value inspect', '셀 값 자세히 보기'],
      category: cell,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'cellOptions.type',
      name: ['Cell type', '셀 종류'],
      category: cell,
      input: 'select',
      defaultValue: 'auto',
      choices: [
        { value: 'auto', name: ['Auto', '자동'] },
        { value: 'color-text', name: ['Colored text', '글자 색'] },
        { value: 'color-background', name: ['Colored background', '배경 색'] },
        { value: 'gauge', name: ['Gauge', '게이지'] },
        { value: 'sparkline', name: ['Sparkline', '스파크라인'] },
        { value: 'data-links', name: ['Data links', '데이터 링크'] },
        { value: 'json-view', name: ['JSON view', 'JSON'] },
        { value: 'image', name: ['Image', '이미지'] },
        { value: 'pill', name: ['Pill', '알약'] },
      ],
    },
    {
      path: 'cellOptions.mode',
      name: ['Background or gauge mode', '배경/게이지 방식'],
      category: cell,
      input: 'radio',
      defaultValue: 'gradient',
      choices: [
        { value: 'basic', name: ['Basic', '기본'] },
        { value: 'gradient', name: ['Gradient', '그라데이션'] },
        { value: 'lcd', name: ['Retro LCD', 'LCD'] },
      ],
      showIf: (options) => ['gauge', 'color-background'].includes(cellType(options) ?? ''),
    },
    {
      path: 'cellOptions.valueDisplayMode',
      name: ['Value display', '값 표시'],
      category: cell,
      input: 'radio',
      defaultValue: 'color',
      choices: [
        { value: 'color', name: ['Value color', '값 색'] },
        { value: 'text', name: ['Text color', '글자 색'] },
        { value: 'hidden', name: ['Hidden', '숨김'] },
      ],
      showIf: (options) => cellType(options) === 'gauge',
    },
    {
      path: 'cellOptions.applyToRow',
      name: ['Apply to entire row', '행 전체에 적용'],
      category: cell,
      input: 'switch',
      defaultValue: false,
      showIf: (options) => cellType(options) === 'color-background',
    },
    {
      path: 'cellOptions.wrapText',
      name: ['Wrap text', '줄 바꿈'],
      category: cell,
      input: 'switch',
      defaultValue: false,
      showIf: (options) => ['auto', 'color-text', 'color-background', undefined].includes(cellType(options)),
    },
  ],
  defaults: {
    options: {
      showHeader: true,
      cellHeight: 'sm',
      footer: { show: false, reducer: ['sum'], countRows: false, fields: '' },
    },
    fieldConfig: {
      color: { mode: 'thresholds' },
      thresholds: defaultThresholds,
      custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
    },
  },
};
