import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    none: 'No dashboard is chosen as the first page',
    choose: 'Choose one from all dashboards',
    waiting: 'The first samples are on their way',
    waitingHint: 'Monopod began a moment ago. Data shows here within seconds.',
  },
  {
    none: '첫 화면으로 정한 대시보드가 없습니다',
    choose: '모든 대시보드에서 고르기',
    waiting: '첫 샘플을 기다리고 있습니다',
    waitingHint: 'Monopod가 방금 시작했습니다. 몇 초 안에 데이터가 나타납니다.',
  },
);
