import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    logs: 'Log lines',
    common: 'Common labels:',
    line: 'Line',
    keep: (name: string, value: string) => `Only ${name} = ${value}`,
    drop: (name: string, value: string) => `Without ${name} = ${value}`,
  },
  {
    logs: '로그',
    common: '공통 라벨:',
    line: '내용',
    keep: (name, value) => `${name} = ${value}만 보기`,
    drop: (name, value) => `${name} = ${value} 제외`,
  },
);
