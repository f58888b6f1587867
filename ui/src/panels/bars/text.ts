import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    summary: (title: string, categories: number, series: number) =>
      `${title}: bars, ${categories} categories, ${series} series.`,
    count: 'Count',
    combined: 'Count',
  },
  {
    summary: (title, categories, series) => `${title}: 막대, 항목 ${categories}개, 시리즈 ${series}개.`,
    count: '개수',
    combined: '개수',
  },
);
