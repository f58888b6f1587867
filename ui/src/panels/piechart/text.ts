import { defineText } from '../../i18n/language';

export const text = defineText(
  { pie: 'Pie chart', name: 'Name', value: 'Value', percent: 'Percent' },
  { pie: '원형 차트', name: '이름', value: '값', percent: '비율' },
);
