import { expect, test } from 'vitest';
import { markMatches, matchingLines, outline, tokenizeYAML } from './yaml-lines';

const kinds = (yaml: string) =>
  tokenizeYAML(yaml).map((tokens) =>
    tokens
      .filter(({ text }) => text.trim() !== '')
      .map(({ kind, text }) => `${kind}(${text.trim()})`)
      .join(' '),
  );

test.each([
  ['scrape_interval: 15s', 'key(scrape_interval) punctuation(:) number(15s)'],
  ['  - job_name: "a: b # c"', 'punctuation(-) key(job_name) punctuation(:) string("a: b # c")'],
  ['key: value # why', 'key(key) punctuation(:) string(value) comment(# why)'],
  ['url: http://a:9090/#x', 'key(url) punctuation(:) string(http://a:9090/#x)'],
  ['- localhost:9090', 'punctuation(-) string(localhost:9090)'],
  ['password: <secret>', 'key(password) punctuation(:) secret(<secret>)'],
  ['on: true', 'key(on) punctuation(:) keyword(true)'],
  ['regex: (.+);[a-z]{2}', 'key(regex) punctuation(:) string((.+);[a-z]{2})'],
  [
    'files: [a.json, 10]',
    'key(files) punctuation(:) punctuation([) string(a.json) punctuation(,) number(10) punctuation(])',
  ],
  ['body_size_limit: 10KB', 'key(body_size_limit) punctuation(:) number(10KB)'],
  ['# only this', 'comment(# only this)'],
  ['', ''],
])('%s', (line, expected) => {
  expect(kinds(line)).toEqual([expected]);
});

test('a block scalar is a string to its end', () => {
  expect(kinds('a: |\n  key: no\n\n  # no\nb: 1')).toEqual([
    'key(a) punctuation(:) keyword(|)',
    'string(key: no)',
    '',
    'string(# no)',
    'key(b) punctuation(:) number(1)',
  ]);
});

test('no character is lost', () => {
  const yaml = "a:   \"x\" \n  - {b: 'it''s', c: [1,2]}  # end\n\tq: \"open\n-   - x: y\n%@ odd";
  expect(tokenizeYAML(yaml).map((line) => line.map(({ text }) => text).join(''))).toEqual(yaml.split('\n'));
});

test('matches are cut out, across tokens too', () => {
  const [line] = tokenizeYAML('job: Job1');
  expect(markMatches(line!, 'JOB').map(({ text, isMatch }) => [text, isMatch])).toEqual([
    ['job', true],
    [':', false],
    [' ', false],
    ['Job', true],
    ['1', false],
  ]);
  expect(
    markMatches(line!, 'b: j')
      .filter(({ isMatch }) => isMatch)
      .map(({ text }) => text)
      .join(''),
  ).toBe('b: J');
});

test('finds lines, sections and jobs', () => {
  const lines = ['global:', '  a: 1', 'scrape_configs:', '- job_name: "x"', '  - job_name: y', 'other: A'];
  expect(matchingLines(lines, 'a')).toEqual([1, 2, 3, 4, 5, 6].filter((n) => /a/i.test(lines[n - 1]!)));
  expect(matchingLines(lines, '')).toEqual([]);
  expect(outline(lines).map(({ label, line, depth }) => `${depth} ${label} ${line}`)).toEqual([
    '0 global 1',
    '0 scrape_configs 3',
    '1 x 4',
    '1 y 5',
    '0 other 6',
  ]);
});
