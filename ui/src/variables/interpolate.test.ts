import { expect, test } from 'vitest';
import { formatValue, type VariableEntry } from './formats';
import { interpolate, interpolateDeep, mentionedNames, promqlFormat } from './interpolate';

const entries: Record<string, VariableEntry> = {
  one: { name: 'one', value: 'a.b' },
  list: { name: 'list', value: ['a.b', 'c"d'], text: ['A', 'C'], isList: true },
  single: { name: 'single', value: ['x|y'], isList: true },
  all: { name: 'all', value: '.+', isList: true, isVerbatim: true, text: 'All' },
  hostile: { name: 'hostile', value: '"} or vector(1) #' },
};
const lookup = (name: string) => entries[name];

test.each([
  ['$one ${one} [[one]]', 'a.b a.b a.b'],
  ['$list', '{a.b,c"d}'],
  ['${list:csv}', 'a.b,c"d'],
  ['${list:pipe}', 'a.b|c"d'],
  ['${list:regex}', '(a\\.b|c"d)'],
  ['${list:json}', '["a.b","c\\"d"]'],
  ['${list:singlequote}', "'a.b','c\"d'"],
  ['${list:doublequote}', '"a.b","c\\"d"'],
  ['${list:sqlstring}', "'a.b','c\"d'"],
  ['${list:lucene}', '("a.b" OR "c\\"d")'],
  ['${list:distributed}', 'a.b,list=c"d'],
  ['${list:queryparam}', 'var-list=a.b&var-list=c%22d'],
  ['${list:customqueryparam:p:x-}', 'p=x-a.b&p=x-c%22d'],
  ['${list:percentencode}', '%7Ba.b%2Cc%22d%7D'],
  ['${list:html}', 'a.b, c&quot;d'],
  ['${list:text}', 'A + C'],
  ['${list:join:; }', 'a.b; c"d'],
  ['[[list:csv]]', 'a.b,c"d'],
  ['$unknown ${unknown:csv} $1 costs $', '$unknown ${unknown:csv} $1 costs $'],
  ['${all:regex} ${all:text}', '.+ All'],
])('%s', (text, wanted) => {
  expect(interpolate(text, lookup)).toBe(wanted);
});

test.each([
  ['up{job=~"$list"}', 'up{job=~"(a\\\\.b|c\\"d)"}'],
  ["up{job=~'$list'}", "up{job=~'(a\\\\.b|c\"d)'}"],
  ['up{job=~"$single"}', 'up{job=~"x\\\\|y"}'],
  ['up{job="$one"}', 'up{job="a.b"}'],
  ['up{job=~"$all"}', 'up{job=~".+"}'],
  ['up{job="$hostile"}', 'up{job="\\"} or vector(1) #"}'],
  ['rate(x[$one])', 'rate(x[a.b])'],
  ['up{job=~"${list:pipe}"}', 'up{job=~"a.b|c"d"}'],
])('PromQL: %s', (text, wanted) => {
  expect(interpolate(text, lookup, promqlFormat)).toBe(wanted);
});

test('dates', () => {
  const entry = { name: '__from', value: '1700000000000' };
  expect(formatValue(entry, 'date')).toBe('2023-11-14T22:13:20.000Z');
  expect(formatValue(entry, 'date:iso')).toBe('2023-11-14T22:13:20.000Z');
  expect(formatValue(entry, 'date:seconds')).toBe('1700000000');
  expect(formatValue(entry, 'date:YYYY-MM-DD HH:mm')).toBe('2023-11-14 22:13');
});

test('names and deep values', () => {
  expect(mentionedNames('$a ${b:csv} [[c]] ${d.e} $a')).toEqual(['a', 'b', 'c', 'd']);
  expect(
    interpolateDeep({ query: '$one', n: 1, list: ['$one'] }, (text) => interpolate(text, lookup)),
  ).toEqual({
    query: 'a.b',
    n: 1,
    list: ['a.b'],
  });
});
