import { afterEach, expect, test, vi } from 'vitest';
import { askGraph } from './ask-server';

type Sample = [time: number, value: string];

/** A server that has `up` from a moment on, and answers as range queries do. */
function serverWith(sinceSeconds: number, value = '1'): { asked: [start: number, end: number][] } {
  const asked: [number, number][] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    const params = new URL(address, 'http://monopod').searchParams;
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name)));
    asked.push([start!, end!]);
    const values: Sample[] = [];
    for (let at = start!; at <= end!; at += step!) if (at >= sinceSeconds) values.push([at, value]);
    const result = values.length > 0 ? [{ metric: { __name__: 'up' }, values }] : [];
    return new Response(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  return { asked };
}

async function ask(startSeconds: number, endSeconds: number) {
  const result = await askGraph('up', { startSeconds, endSeconds }, 10, new AbortController().signal);
  if (!result.ok) throw new Error(result.error.message);
  return result.data;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('samples younger than the last point of the grid are shown at the end of the window', async () => {
  const { asked } = serverWith(3604);
  const { times, series, window, isOnGrid } = await ask(3580.5, 3606.25);
  expect(asked).toEqual([
    [3580, 3600],
    [3606.25, 3606.25],
  ]);
  expect([...times]).toEqual([3580, 3590, 3600, 3606.25]);
  expect(series.map(({ values }) => [...values])).toEqual([[Number.NaN, Number.NaN, Number.NaN, 1]]);
  expect(window).toEqual({ startSeconds: 3580, endSeconds: 3606.25 });
  expect(isOnGrid).toBe(false);
});

test('a grid that holds samples is asked for once', async () => {
  const { asked } = serverWith(3595);
  const { times, isOnGrid } = await ask(3580.5, 3606.25);
  expect(asked).toEqual([[3580, 3600]]);
  expect([...times]).toEqual([3580, 3590, 3600]);
  expect(isOnGrid).toBe(true);
});

test('an empty answer speaks of the whole window', async () => {
  serverWith(5000);
  const { series, window } = await ask(3580.5, 3606.25);
  expect(series).toEqual([]);
  expect(window).toEqual({ startSeconds: 3580, endSeconds: 3606.25 });
});
