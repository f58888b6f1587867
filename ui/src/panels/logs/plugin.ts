import type { PanelPlugin } from '../plugin';
import { LogsPanel } from './logs';

export const plugin: PanelPlugin = {
  component: LogsPanel,
  options: [
    { path: 'showTime', name: ['Time', '시각'], input: 'switch', defaultValue: true },
    { path: 'showLabels', name: ['Unique labels', '고유 라벨'], input: 'switch', defaultValue: false },
    { path: 'showCommonLabels', name: ['Common labels', '공통 라벨'], input: 'switch', defaultValue: false },
    { path: 'wrapLogMessage', name: ['Wrap lines', '줄 바꿈'], input: 'switch', defaultValue: false },
    {
      path: 'prettifyLogMessage',
      name: ['Prettify JSON', 'JSON 정리'],
      input: 'switch',
      defaultValue: false,
    },
    { path: 'enableLogDetails', name: ['Log details', '로그 상세'], input: 'switch', defaultValue: true },
    {
      path: 'dedupStrategy',
      name: ['Deduplication', '중복 제거'],
      input: 'select',
      defaultValue: 'none',
      choices: [
        { value: 'none', name: ['None', '없음'] },
        { value: 'exact', name: ['Exact', '정확히 같은 것'] },
        { value: 'numbers', name: ['Numbers', '숫자 무시'] },
        { value: 'signature', name: ['Signature', '기호만 비교'] },
      ],
    },
    {
      path: 'sortOrder',
      name: ['Order', '순서'],
      input: 'radio',
      defaultValue: 'Descending',
      choices: [
        { value: 'Descending', name: ['Newest first', '최신순'] },
        { value: 'Ascending', name: ['Oldest first', '오래된순'] },
      ],
    },
  ],
  fieldOptions: [],
  hiddenStandardOptions: ['unit', 'min', 'max', 'decimals', 'color', 'thresholds', 'mappings'],
  defaults: {
    options: { showTime: true, enableLogDetails: true, dedupStrategy: 'none', sortOrder: 'Descending' },
    fieldConfig: {},
  },
};
