import { expect, test } from 'vitest';
import { encodeQuery } from './location';
import { buildPath, matchPath } from './path';
import { booleanParam, choiceParam, listParam, numberParam, stringParam } from './query-param';

test('patterns match whole paths and decode their parameters', () => {
  expect(matchPath('/status/:section', '/status/flags')).toEqual({ section: 'flags' });
  expect(matchPath('/status/:section', '/status/a%20b/')).toEqual({ section: 'a b' });
  expect(matchPath('/status/:section', '/status')).toBeNull();
  expect(matchPath('/status/:section', '/status//')).toBeNull();
  expect(matchPath('/a/:x/b/:y', '/a/1/b/2')).toEqual({ x: '1', y: '2' });
  expect(buildPath('/a/:x/b/:y', { x: '1/2', y: 'ü' })).toBe('/a/1%2F2/b/%C3%BC');
});

test('query strings keep PromQL readable and come back as they were', () => {
  const expression = 'sum by (job) (rate(x{a="b,c",d=~"e|f+"}[5m])) > 1 & 2 # 100%';
  const encoded = encodeQuery(new URLSearchParams({ expr: expression, from: 'now-1h' }));
  expect(encoded).toContain('rate(x%7Ba=%22b,c%22'.replace('=', '%3D'));
  expect(encoded).toContain('[5m]');
  expect(new URLSearchParams(encoded).get('expr')).toBe(expression);
});

test('defaults stay out of the URL, and nonsense in it reads as the default', () => {
  expect(stringParam('x').write('x')).toBeNull();
  expect(numberParam(5).read(['abc'])).toBe(5);
  expect(numberParam(5).read([''])).toBe(5);
  expect(numberParam(5).write(6)).toBe('6');
  expect(booleanParam().read(['1'])).toBe(true);
  expect(booleanParam(true).write(false)).toBe('0');
  expect(choiceParam(['a', 'b'], 'a').read(['c'])).toBe('a');
  expect(listParam().write(['a', 'b'])).toEqual(['a', 'b']);
});
