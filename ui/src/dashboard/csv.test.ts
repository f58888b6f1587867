import { expect, test } from 'vitest';
import { framesToCsv } from './csv';

test('columns under their names, gaps empty, formulas as text', () => {
  const csv = framesToCsv(
    [
      {
        length: 2,
        fields: [
          { name: 'Time', type: 'time', config: {}, values: Float64Array.of(0, 60_000) },
          { name: 'a, "b"', type: 'number', config: {}, values: Float64Array.of(1.5, Number.NaN) },
          { name: 'host', type: 'string', config: {}, values: ['=1+1', 'x\ny'] },
        ],
      },
      { length: 0, fields: [] },
    ],
    'utc',
  );
  expect(csv).toBe('Time,"a, ""b""",host\r\n1970-01-01 00:00:00,1.5,\'=1+1\r\n1970-01-01 00:01:00,,"x\ny"');
});
