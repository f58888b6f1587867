import { expect, test } from 'vitest';
import type { Field, Frame } from '../frame/frame';
import { linksOf, safeHref } from './data-links';

test.each([
  ['https://example.org/a?b=c', 'https://example.org/a?b=c'],
  ['mailto:a@example.org', 'mailto:a@example.org'],
  ['/d/abc?var-x=1', '/d/abc?var-x=1'],
  ['d/abc', 'd/abc'],
  ['?var-x=1', '?var-x=1'],
  ['javascript:alert(1)', null],
  [' JavaScript:alert(1)', null],
  ['java\nscript:alert(1)', null],
  ['\u0001javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['vbscript:x', null],
  ['//evil.example', null],
  ['/\\evil.example', null],
])('the address %j', (address, wanted) => {
  expect(safeHref(address)).toBe(wanted);
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of dashboards look like that
test('links take variables of the field, the value and the row', () => {
  const field: Field = {
    name: 'Value',
    type: 'number',
    labels: { pod: 'web-1' },
    values: Float64Array.from([1, 2]),
    config: {
      links: [
        {
          title: '${__field.labels.pod}',
          url: '/d/pod?p=${__field.labels.pod}&v=${__value.raw}&t=${__value.time}',
        },
        { title: 'bad', url: 'javascript:alert(1)' },
      ],
    },
  };
  const time: Field = { name: 'Time', type: 'time', values: Float64Array.from([1000, 2000]), config: {} };
  const frame: Frame = { fields: [time, field], length: 2 };
  const context = { interpolate: (text: string) => text };
  expect(linksOf(field, frame, 1, context, { timeZone: 'utc', theme: 'light' })).toEqual([
    { text: 'web-1', href: '/d/pod?p=web-1&v=2&t=2000', isNewTab: false },
  ]);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of dashboards look like that
