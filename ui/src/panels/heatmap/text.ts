import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    bucket: 'Bucket',
    count: 'Count',
    scale: 'Colour scale, from few to many',
    summary: (title: string, range: string, min: string, max: string) =>
      `${title}: heatmap, ${range}. Counts from ${min} to ${max}.`,
  },
  {
    bucket: '구간',
    count: '개수',
    scale: '색 눈금, 적은 쪽에서 많은 쪽으로',
    summary: (title, range, min, max) => `${title}: 히트맵, ${range}. 개수 ${min}에서 ${max}까지.`,
  },
);
