import type { PanelPlugin } from '../plugin';
import { AlertListPanel } from './alertlist';

const filter: [string, string] = ['Filter', '필터'];
const states: [string, string] = ['State', '상태'];

export const plugin: PanelPlugin = {
  component: AlertListPanel,
  options: [
    {
      path: 'viewMode',
      name: ['View', '보기'],
      input: 'radio',
      defaultValue: 'list',
      choices: [
        { value: 'list', name: ['List', '목록'] },
        { value: 'stat', name: ['Count', '개수'] },
      ],
    },
    {
      path: 'groupMode',
      name: ['Group', '묶기'],
      input: 'radio',
      defaultValue: 'default',
      choices: [
        { value: 'default', name: ['By rule', '규칙별'] },
        { value: 'custom', name: ['By labels', '라벨별'] },
      ],
    },
    {
      path: 'maxItems',
      name: ['Max items', '최대 개수'],
      input: 'number',
      min: 1,
      integer: true,
      defaultValue: 20,
    },
    {
      path: 'sortOrder',
      name: ['Order', '순서'],
      input: 'select',
      defaultValue: 1,
      choices: [
        { value: 1, name: ['Name, ascending', '이름 오름차순'] },
        { value: 2, name: ['Name, descending', '이름 내림차순'] },
        { value: 3, name: ['Importance', '중요도'] },
        { value: 4, name: ['Oldest first', '오래된순'] },
        { value: 5, name: ['Newest first', '최신순'] },
      ],
    },
    { path: 'showInstances', name: ['Show alerts', '알림 펼치기'], input: 'switch', defaultValue: false },
    { path: 'alertName', name: ['Name', '이름'], category: filter, input: 'text', defaultValue: '' },
    {
      path: 'alertInstanceLabelFilter',
      name: ['Labels', '라벨'],
      category: filter,
      input: 'text',
      placeholder: '{severity="critical"}',
      defaultValue: '',
    },
    {
      path: 'stateFilter.firing',
      name: ['Firing', '발생'],
      category: states,
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'stateFilter.pending',
      name: ['Pending', '대기'],
      category: states,
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'stateFilter.normal',
      name: ['Normal', '정상'],
      category: states,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'stateFilter.noData',
      name: ['Unknown', '알 수 없음'],
      category: states,
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'stateFilter.error',
      name: ['Failing', '평가 실패'],
      category: states,
      input: 'switch',
      defaultValue: true,
    },
  ],
  fieldOptions: [],
  defaults: {
    options: {
      viewMode: 'list',
      groupMode: 'default',
      maxItems: 20,
      sortOrder: 1,
      alertName: '',
      alertInstanceLabelFilter: '',
      stateFilter: { firing: true, pending: true, normal: false, noData: false, error: true },
    },
    fieldConfig: {},
  },
  needsNoData: true,
};
