import { expect, test } from 'vitest';
import { jsonMistakeOffset } from './json-place';

test.each([['{"a": [1, -2.5e+3, true, null, "x\\u00e9\\n"], "b": {}, "c": []}'], [' 1 '], ['"x"']])(
  '%s is JSON',
  (text) => {
    JSON.parse(text);
    expect(jsonMistakeOffset(text)).toBeNull();
  },
);

// `^` stands before the wrong sign.
test.each([
  ['{"a": [1,^}'],
  ['{"a" ^1}'],
  ['{"a": 1 ^"b": 2}'],
  ['{^a: 1}'],
  ['{"a": ^01}'],
  ['{"a": ^tru}'],
  ['["a^\n"]'],
  ['["a^\\x"]'],
  ['{"a": 1}^}'],
  ['{"a": 1,^}'],
  ['[1, 2^'],
  ['{"a": "^'],
  ['^'],
  ['{"a": [1, 2]^]}'],
])('%s', (marked) => {
  const text = marked.replace('^', '');
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonMistakeOffset(text)).toBe(marked.indexOf('^'));
});

test('what JSON.parse refuses is refused here, and nothing else', () => {
  const good = '{"a":[1,{"b":"c\\"d"},null],"e":-0.5}';
  for (let at = 0; at < good.length; at++) {
    for (const sign of ['', '{', '}', ']', ',', ':', '"', '0', '\\', 'x']) {
      const text = good.slice(0, at) + sign + good.slice(at + 1);
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect([text, jsonMistakeOffset(text) === null]).toEqual([text, isJson]);
    }
  }
});
