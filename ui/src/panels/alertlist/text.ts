import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    noRules: 'No alerting rules are loaded',
    noneMatches: (all: number) =>
      all === 1
        ? 'The alerting rule is not in a state shown here'
        : `None of ${all} alerting rules is in a state shown here`,
    failed: 'evaluation fails',
    instances: (count: number) => (count === 1 ? '1 alert' : `${count} alerts`),
    since: (duration: string) => `for ${duration}`,
    state: { firing: 'Firing', pending: 'Pending', inactive: 'Normal', unknown: 'Unknown' },
  },
  {
    noRules: '불러온 알림 규칙이 없습니다',
    noneMatches: (all) => `알림 규칙 ${all}개 중 여기에 표시할 상태인 것이 없습니다`,
    failed: '평가 실패',
    instances: (count) => `알림 ${count}개`,
    since: (duration) => `${duration} 동안`,
    state: { firing: '발생', pending: '대기', inactive: '정상', unknown: '알 수 없음' },
  },
);
