import { expect, test } from 'vitest';
import { penAreas, penColumns, penLines, traceOf } from './trace';

const column = (...values: number[]) => Float64Array.from(values);
const same = { toPixel: (value: number) => value, toValue: (pixel: number) => pixel };

function trace(times: Float64Array, values: Float64Array, more: Partial<Parameters<typeof traceOf>[0]> = {}) {
  return traceOf({
    times,
    values,
    base: null,
    from: 0,
    to: times.length,
    x: same,
    y: same,
    connectUpTo: 0,
    breakBeyond: Number.POSITIVE_INFINITY,
    ...more,
  });
}

function recorder() {
  const moves: string[] = [];
  const note =
    (name: string) =>
    (...numbers: number[]) =>
      moves.push(name + numbers.map((value) => Number(value.toFixed(2))).join(','));
  return { moves, moveTo: note('M'), lineTo: note('L'), bezierCurveTo: note('C'), closePath: note('Z') };
}

const holes = column(1, Number.NaN, 3, 4, Number.POSITIVE_INFINITY, Number.NaN, 7);

test('lines end at holes, and points that stand alone are known', () => {
  const { runs, alone } = trace(column(0, 1, 2, 3, 4, 5, 6), holes);
  expect(runs).toEqual([1, 3]);
  expect(alone).toEqual([0, 3]);
});

test.each([
  ['always', Number.POSITIVE_INFINITY, [0, 4]],
  ['up to a width', 2, [0, 3]],
])('holes are crossed %s', (_, connectUpTo, runs) => {
  expect(trace(column(0, 1, 2, 3, 4, 5, 6), holes, { connectUpTo }).runs).toEqual(runs);
});

test('lines end where the next point is too far away', () => {
  expect(trace(column(0, 1, 9, 10), column(1, 1, 1, 1), { breakBeyond: 5 }).runs).toEqual([0, 2, 2, 4]);
});

test('many values on one pixel keep their first, least, greatest and last', () => {
  const times = Float64Array.from({ length: 1000 }, (_, i) => i / 100);
  const values = times.map((_, i) => (i === 555 ? 90 : i === 777 ? -90 : i % 7));
  const { xs, ys, count } = trace(times, values);
  expect(count).toBeLessThanOrEqual(44);
  expect(Math.max(...ys.subarray(0, count))).toBe(90);
  expect(Math.min(...ys.subarray(0, count))).toBe(-90);
  expect(xs[count - 1]).toBe(9.99);
  for (let i = 1; i < count; i++) expect(Math.floor(xs[i]!)).toBeGreaterThanOrEqual(Math.floor(xs[i - 1]!));
});

test.each([
  ['linear', ['M0,1', 'L1,3', 'L2,2']],
  ['stepAfter', ['M0,1', 'L1,1', 'L1,3', 'L2,3', 'L2,2']],
  ['stepBefore', ['M0,1', 'L0,3', 'L1,3', 'L1,2', 'L2,2']],
  ['smooth', ['M0,1', 'C0.33,1.67,0.67,3,1,3', 'C1.33,3,1.67,2.33,2,2']],
] as const)('%s lines', (interpolation, wanted) => {
  const pen = recorder();
  penLines(pen, trace(column(0, 1, 2), column(1, 3, 2)), interpolation);
  expect(pen.moves).toEqual(wanted);
});

test('areas go forward along the line and back along what they stand on', () => {
  const pen = recorder();
  penAreas(pen, trace(column(0, 1), column(5, 6), { base: column(1, 2) }), 0, 'stepAfter');
  expect(pen.moves).toEqual(['M0,5', 'L1,5', 'L1,6', 'L1,2', 'L1,1', 'L0,1', 'Z']);
  const flat = recorder();
  penAreas(flat, trace(column(0, 1), column(5, 6)), 0, 'linear');
  expect(flat.moves).toEqual(['M0,5', 'L1,6', 'L1,0', 'L0,0', 'Z']);
});

test('areas can be made of columns of pixels', () => {
  const pen = recorder();
  penColumns(pen, trace(column(0, 2), column(4, 8)), 0, 'linear', 1);
  expect(pen.moves).toEqual(['M0.5,5', 'L0.5,0', 'M1.5,7', 'L1.5,0']);
  const fine = recorder();
  penColumns(fine, trace(column(0, 1), column(4, 8), { base: column(1, 2) }), 0, 'stepAfter', 2);
  expect(fine.moves).toEqual(['M0.25,4', 'L0.25,1', 'M0.75,4', 'L0.75,1']);
});
