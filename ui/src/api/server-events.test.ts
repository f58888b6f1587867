import { describe, expect, it } from 'vitest';
import { parseChange } from './server-events';

describe('parseChange', () => {
  it('reads what the server tells', () => {
    const change = { uid: 'u', title: 'T', version: 2, change: 'updated', by: 'ann' };
    expect(parseChange(JSON.stringify(change))).toEqual(change);
  });
  it('takes nothing else', () => {
    for (const data of [
      'null',
      '7',
      '{',
      '{}',
      '{"uid":"u","title":"T","version":"2","change":"updated","by":"ann"}',
      '{"uid":"u","title":"T","version":2,"change":"eaten","by":"ann"}',
    ]) {
      expect(parseChange(data)).toBeUndefined();
    }
  });
});
