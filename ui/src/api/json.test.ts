import { expect, test } from 'vitest';
import { decodeJson, errorBody } from './json';

test('an error keeps its message, status and body', () => {
  const result = decodeJson(
    412,
    '{"message":"changed meanwhile","status":"version-mismatch","current":{"version":3}}',
  );
  expect(result.ok).toBe(false);
  if (result.ok) return;
  expect(result.error).toMatchObject({ kind: 'http', status: 412, message: 'changed meanwhile' });
  expect(errorBody(result.error)?.current).toEqual({ version: 3 });
});

test('an answer that is not JSON is an error, an empty one is not', () => {
  expect(decodeJson(200, '<html>').ok).toBe(false);
  expect(decodeJson(204, '')).toMatchObject({ ok: true, data: undefined });
  expect(decodeJson(502, '<html>bad gateway')).toMatchObject({ error: { message: '<html>bad gateway' } });
});
