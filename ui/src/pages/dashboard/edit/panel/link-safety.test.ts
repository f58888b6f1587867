import { expect, test } from 'vitest';
import { isSafeLink } from './link-safety';

test.each([
  [`https://example.org/\${x}`, true],
  [`/d/abc?var-x=\${y:queryparam}`, true],
  ['mailto:a@b.c', true],
  ['d/abc', true],
  [`\${base}/x`, true],
  ['javascript:alert(1)', false],
  [' java\tscript:alert(1)', false],
  ['data:text/html,x', false],
  ['VBScript:x', false],
])('%s: %s', (url, expected) => {
  expect(isSafeLink(url)).toBe(expected);
});
