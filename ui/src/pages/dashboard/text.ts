import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    newTitle: 'New dashboard',
    notFound: 'There is no such dashboard',
    notFoundHint: (uid: string) => `No dashboard has the uid “${uid}”. It may have been deleted.`,
    allDashboards: 'All dashboards',
    loadFailed: 'The dashboard could not be loaded',
  },
  {
    newTitle: '새 대시보드',
    notFound: '대시보드를 찾을 수 없습니다',
    notFoundHint: (uid) => `uid가 “${uid}”인 대시보드가 없습니다. 삭제되었을 수 있습니다.`,
    allDashboards: '모든 대시보드',
    loadFailed: '대시보드를 불러오지 못했습니다',
  },
);
