import { expect, test } from 'vitest';
// What the Go side writes; its own test holds the same file.
import dump from '../../../internal/frame/testdata/view.hex?raw';
import { type ViewAnswer, ViewDecoder, ViewFormatError } from './view';

/** Reads what `hexdump -C` and Go's hex.Dump write. */
function bytesOf(text: string): Uint8Array {
  const rows = text.split('\n').map((line) => line.slice(8, line.indexOf('|')).trim());
  return Uint8Array.from(rows.join(' ').split(/\s+/).filter(Boolean), (byte) => Number.parseInt(byte, 16));
}

const stream = bytesOf(dump);

function decode(bytes: Uint8Array, chunk: number): ViewAnswer[] {
  const answers: ViewAnswer[] = [];
  const decoder = new ViewDecoder((answer) => answers.push(answer));
  for (let at = 0; at < bytes.length; at += chunk) decoder.push(bytes.subarray(at, at + chunk));
  expect(decoder.isBetweenMessages).toBe(true);
  return answers;
}

test.each([1, 7, 16, 1000, stream.length])('answers are read from chunks of %i bytes', (chunk) => {
  const [a, x, failed] = decode(stream, chunk);
  expect([a?.key, x?.key, failed?.key]).toEqual(['1/A', '2/X', '3/A']);
  expect(failed?.error).toEqual({ message: 'nothing listens there', kind: 'down' });
  expect(a?.cost).toMatchObject({ milliseconds: 12.5, samples: 6, shared: false });
  expect(x?.cost.shared).toBe(true);

  const [first, second, table, many, empty] = a?.frames ?? [];
  expect(first).toMatchObject({
    name: 'first',
    refId: 'A',
    length: 3,
    meta: { stepMilliseconds: 15000, executedQuery: 'up' },
  });
  expect(first?.fields[0]?.values).toEqual(Float64Array.of(1700000000000, 1700000015000, 1700000030000));
  expect(second?.fields[0]?.values).toBe(first?.fields[0]?.values);
  expect(first?.fields[1]).toMatchObject({
    type: 'number',
    labels: { job: 'a' },
    config: { displayNameFromDS: 'a' },
  });
  expect(first?.fields[1]?.values).toEqual(Float64Array.of(1.5, Number.NaN, -0.25));
  expect(table?.fields.map((field) => [...field.values])).toEqual([
    [1, 2, 5],
    ['이름', null, '<b>'],
    [true, null, false],
    [{ a: [1] }, 'text', null],
    [Number.POSITIVE_INFINITY, Number.NaN, Number.NaN],
  ]);
  expect(table?.meta?.notices).toEqual([{ severity: 'warning', text: 'two & three < four' }]);
  expect(many?.fields[0]?.values.slice(0, 6)).toEqual(['info', 'warn', '오류', 'info', 'warn', null]);
  expect(empty).toEqual({ refId: 'A', fields: [], length: 0 });

  expect(x?.frames[0]?.refId).toBe('X');
  expect(x?.frames[0]?.fields.map(({ name }) => name)).toEqual(['Time', 'Value #X']);
  expect(x?.frames[0]?.fields[1]?.values).toBe(first?.fields[1]?.values);
});

test('what is no view stream is refused', () => {
  expect(() => decode(new TextEncoder().encode('{"message":"not a stream"}'), 100)).toThrow(ViewFormatError);
  const outside = stream.slice();
  // Fewer columns than the header's fields name.
  new DataView(outside.buffer).setUint32(8, 0, true);
  expect(() => decode(outside, outside.length)).toThrow(ViewFormatError);
});
