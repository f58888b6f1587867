import { defineText } from '../../i18n/language';

export const text = defineText(
  { starred: 'Starred', recent: 'Recently viewed', search: 'Search', none: 'No dashboards' },
  { starred: '즐겨찾기', recent: '최근 본 대시보드', search: '검색', none: '대시보드가 없습니다' },
);
