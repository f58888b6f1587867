import { expect, test } from 'vitest';
import { afterLogin, includesRole, languageOf, loginHref } from './me';

test('a role includes the ones before it', () => {
  expect(includesRole('Admin', 'Editor')).toBe(true);
  expect(includesRole('Viewer', 'Viewer')).toBe(true);
  expect(includesRole('Viewer', 'Editor')).toBe(false);
  expect(includesRole('None', 'Viewer')).toBe(false);
});

test('a login leads back, and never to another site', () => {
  expect(loginHref('/')).toBe('/login');
  expect(loginHref('/d/a?x=1&y=2')).toBe('/login?to=%2Fd%2Fa%3Fx%3D1%26y%3D2');
  expect(afterLogin('/d/a?x=1')).toBe('/d/a?x=1');
  for (const to of [
    null,
    '',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:x',
    '/login?to=/',
  ]) {
    expect(afterLogin(to)).toBe('/');
  }
});

test('languages are known by the names that Grafana has', () => {
  expect(['ko-KR', 'en-US', 'ko', 'de-DE', ''].map(languageOf)).toEqual([
    'ko',
    'en',
    'ko',
    undefined,
    undefined,
  ]);
});
