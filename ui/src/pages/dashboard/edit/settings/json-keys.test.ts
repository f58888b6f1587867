import { expect, test } from 'vitest';
import { jsonMistake, withTopLevel } from './json-keys';

test('only the value changes', () => {
  const text = '{\n\t"panels": [{"version": 1, "uid": "x"}],\n\t"version" : 7 , "uid":null}\n';
  expect(withTopLevel(text, { version: 9, uid: 'u"1' })).toBe(
    '{\n\t"panels": [{"version": 1, "uid": "x"}],\n\t"version" : 9 , "uid":"u\\"1"}\n',
  );
  expect(withTopLevel(text, { version: 7 })).toBe(text);
});

test('values of any form are replaced', () => {
  expect(withTopLevel('{"a":{"b":[1,{"a":2}]},"c":1}', { a: 5 })).toBe('{"a":5,"c":1}');
  expect(withTopLevel('{"c":1,"a":[1,2]}', { a: 5 })).toBe('{"c":1,"a":5}');
  expect(withTopLevel('{"a":"a","title":"a"}', { title: 'b' })).toBe('{"a":"a","title":"b"}');
});

test('a key that is missing is put first', () => {
  expect(JSON.parse(withTopLevel('{"a":1}', { uid: 'x' }))).toEqual({ uid: 'x', a: 1 });
  expect(JSON.parse(withTopLevel(' { } ', { uid: 'x' }))).toEqual({ uid: 'x' });
});

test('a mistake has its line and column', () => {
  expect(jsonMistake('{"a": 1}')).toBeNull();
  expect(jsonMistake('{\n  "a": 1,\n  b\n}')).toMatchObject({ line: 3, column: 3 });
  expect(jsonMistake('{"a": [1, 2')).toMatchObject({ line: 1, column: 12 });
});
