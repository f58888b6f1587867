import { expect, test } from 'vitest';
import { fieldOf } from './columns';
import { displayOf } from './display';
import { applyFieldConfig } from './field-config';
import { safeHref, safeImage, valueLinks } from './links';
import { fillScope } from './scoped-text';

test.each([
  ['https://a.example/x', 'https://a.example/x'],
  ['/d/abc?var-x=1', '/d/abc?var-x=1'],
  ['d/abc', 'd/abc'],
  ['mailto:a@b.example', 'mailto:a@b.example'],
  ['javascript:alert(1)', undefined],
  [' JaVaScRiPt:alert(1)', undefined],
  ['java\tscript:alert(1)', undefined],
  ['\u0001javascript:alert(1)', undefined],
  ['data:text/html,<script>', undefined],
  ['vbscript:x', undefined],
  ['', undefined],
])('%j leads to %j', (url, href) => {
  expect(safeHref(url)).toBe(href);
});

test('pictures are of sites or within the text', () => {
  expect(safeImage('data:image/png;base64,AA')).toBe('data:image/png;base64,AA');
  expect(safeImage('data:text/html;base64,AA')).toBeUndefined();
  expect(safeImage('javascript:1')).toBeUndefined();
});

test('a link takes the value, its field and its row', () => {
  const context = {
    timeZone: 'utc',
    theme: 'dark' as const,
    interpolate: (text: string) => text.replace('$job', 'j'),
  };
  const links = [
    {
      title: '${__data.fields.pod}',
      url: '/d/x?j=$job&v=${__value.raw}&p=${__data.fields["pod"]}&n=${__field.name}&t=${__data.fields[1].numeric}',
    },
    { title: 'bad', url: 'javascript:${__value.raw}' },
  ];
  const [frame] = applyFieldConfig(
    [
      {
        length: 2,
        fields: [
          fieldOf('string', ['a b', 'c'], { name: 'pod' }),
          fieldOf('number', [1.5, 2], { name: 'v' }),
        ],
      },
    ],
    {
      defaults: {},
      overrides: [{ matcher: { id: 'byName', options: 'v' }, properties: [{ id: 'links', value: links }] }],
    },
  );
  const field = frame!.fields[1]!;
  expect(valueLinks(field, frame!, displayOf(field, context)(1.5), 0, context)).toEqual([
    { title: 'a b', href: '/d/x?j=j&v=1.5&p=a b&n=v&t=1.5', opensNewTab: false },
  ]);
});

test('what a scope does not know stays as it is', () => {
  expect(
    fillScope('${__data.fields.x} ${__from} ${__value.text:percentencode}', {
      value: { raw: 1, text: 'a b', numeric: 1 },
    }),
  ).toBe('${__data.fields.x} ${__from} a%20b');
});
