import { expect, test } from 'vitest';
import {
  changeOf,
  type Draft,
  isShown,
  kindOf,
  kinds,
  missing,
  newSource,
  valueIn,
  withValue,
} from './kinds';

const field = (type: string, key: string) => kindOf(type)!.fields.find((each) => each.key === key)!;
const draft = (type: string): Draft => ({ settings: newSource(type, 'x'), secrets: {} });

test('a setting goes to where Grafana has it', () => {
  let d = draft('prometheus');
  d = withValue(d, field('prometheus', 'url'), 'http://a');
  d = withValue(d, field('prometheus', 'timeout'), '20');
  d = withValue(d, field('prometheus', 'basicAuth'), true);
  d = withValue(d, field('prometheus', 'basicAuthPassword'), 'hunter2');
  const sent = changeOf(d);
  expect(sent).toMatchObject({ url: 'http://a', basicAuth: true, jsonData: { timeout: 20 } });
  expect(sent.secureJsonData).toEqual({ basicAuthPassword: 'hunter2' });
  expect('secureJsonFields' in sent).toBe(false);
  d = withValue(d, field('prometheus', 'timeout'), '');
  expect(changeOf(d).jsonData).toEqual({});
});

test('secrets that were not typed are not sent', () => {
  const d = withValue(draft('mysql'), field('mysql', 'password'), '');
  expect(changeOf(d).secureJsonData).toEqual({});
});

test('settings that the form does not know stay', () => {
  const before = draft('loki');
  before.settings.jsonData = { derivedFields: [{ name: 'trace' }] };
  const after = withValue(before, field('loki', 'tlsSkipVerify'), true);
  expect(changeOf(after).jsonData).toEqual({ derivedFields: [{ name: 'trace' }], tlsSkipVerify: true });
});

test('a database at the root, as older settings have it, is shown and moves when it is changed', () => {
  const d = draft('mysql');
  d.settings.database = 'old';
  const database = field('mysql', 'database');
  expect(valueIn(d, database)).toBe('old');
  expect(changeOf(withValue(d, database, 'new'))).toMatchObject({
    database: '',
    jsonData: { database: 'new' },
  });
});

test('fields wait for what makes them useful, and required ones are missed', () => {
  const d = draft('prometheus');
  const { fields } = kindOf('prometheus')!;
  const user = field('prometheus', 'basicAuthUser');
  expect(isShown(d, user, fields)).toBe(false);
  expect(isShown(withValue(d, field('prometheus', 'basicAuth'), true), user, fields)).toBe(true);
  expect(missing(d)?.key).toBe('url');
  expect(missing(withValue(d, field('prometheus', 'url'), 'http://a'))).toBeUndefined();
});

test('every condition names a field of the same kind', () => {
  for (const { fields } of kinds) {
    for (const { when } of fields) if (when) expect(fields.map(({ key }) => key)).toContain(when);
  }
});
