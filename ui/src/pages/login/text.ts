import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    title: 'Log in',
    user: 'Username or email',
    password: 'Password',
    show: 'Show the password',
    hide: 'Hide the password',
    submit: 'Log in',
    busy: 'Logging in…',
    wrong: 'Wrong username or password.',
    locked: (seconds: number) =>
      seconds > 90
        ? `Too many failed attempts. Try again in ${Math.ceil(seconds / 60)} minutes.`
        : `Too many failed attempts. Try again in ${seconds} seconds.`,
    failed: 'Logging in failed',
    anonymous: 'Continue without logging in',
    already: (login: string) => `You are logged in as ${login}.`,
    goOn: 'Continue',
    forgot: 'Forgotten? Whoever runs the server sets a new one with: monopod users reset-password',
    endedTitle: 'Log in again',
    ended: 'Your session has ended. What is on the page stays as it is.',
    neededTitle: 'Log in',
    needed: 'This needs a login. What is on the page stays as it is.',
  },
  {
    title: '로그인',
    user: '사용자 이름 또는 이메일',
    password: '비밀번호',
    show: '비밀번호 표시',
    hide: '비밀번호 숨기기',
    submit: '로그인',
    busy: '로그인 중…',
    wrong: '사용자 이름 또는 비밀번호가 올바르지 않습니다.',
    locked: (seconds: number) =>
      seconds > 90
        ? `로그인 실패가 너무 많습니다. ${Math.ceil(seconds / 60)}분 후에 다시 시도하세요.`
        : `로그인 실패가 너무 많습니다. ${seconds}초 후에 다시 시도하세요.`,
    failed: '로그인하지 못했습니다',
    anonymous: '로그인하지 않고 계속',
    already: (login: string) => `${login}(으)로 로그인되어 있습니다.`,
    goOn: '계속',
    forgot: '잊으셨나요? 서버 운영자가 다음 명령으로 새로 설정할 수 있습니다: monopod users reset-password',
    endedTitle: '다시 로그인',
    ended: '세션이 끝났습니다. 페이지의 내용은 그대로 남아 있습니다.',
    neededTitle: '로그인',
    needed: '로그인이 필요합니다. 페이지의 내용은 그대로 남아 있습니다.',
  },
);
