import { expect, test } from 'vitest';
import { boxesOf, type Cell, layOut } from './layout';
import type { Panel } from './model';

const panel = (id: number, x: number, y: number, w: number, h: number, more: Partial<Panel> = {}): Panel => ({
  id,
  type: 'timeseries',
  gridPos: { x, y, w, h },
  ...more,
});
const row = (id: number, y: number, more: Partial<Panel> = {}) =>
  panel(id, 0, y, 24, 1, { type: 'row', ...more });

const values: Record<string, string[]> = { host: ['a', 'b', 'c'], disk: ['x', 'y'] };
const context = {
  chosenOptions: (name: string) => values[name]?.map((value) => ({ value, text: value })) ?? null,
};
const show = (cells: readonly Cell[]) => cells.map(({ key, x, y, w, h }) => `${key} ${x},${y} ${w}x${h}`);

test('panels fall up, and stay beside each other', () => {
  expect(
    show(layOut([panel(1, 0, 5, 12, 4), panel(2, 12, 5, 12, 8), panel(3, 0, 20, 12, 2)], context)),
  ).toEqual(['1 0,0 12x4', '2 12,0 12x8', '3 0,4 12x2']);
});

test('collapsed rows take one line and hide what they hold', () => {
  const cells = layOut(
    [
      row(1, 0, { collapsed: true, panels: [panel(2, 0, 1, 12, 8), panel(3, 12, 1, 12, 8)] }),
      row(4, 1),
      panel(5, 0, 2, 24, 3),
    ],
    context,
  );
  expect(show(cells)).toEqual(['1 0,0 24x1', '4 0,1 24x1', '5 0,2 24x3']);
  expect(cells[0]!.hidden).toBe(2);
});

test('a panel repeats side by side, at most so many in a row, and pushes down what is below', () => {
  const cells = layOut(
    [panel(1, 0, 0, 24, 4, { repeat: 'host', maxPerRow: 2 }), panel(2, 0, 4, 24, 2)],
    context,
  );
  expect(show(cells)).toEqual(['1-host=a 0,0 12x4', '1-host=b 12,0 12x4', '1-host=c 0,4 12x4', '2 0,8 24x2']);
  expect(cells.map(({ isCopy }) => isCopy)).toEqual([false, true, true, false]);
  expect(cells[1]!.scope.host?.value).toBe('b');
});

test('a panel repeats downwards beside others', () => {
  expect(
    show(
      layOut(
        [
          panel(1, 0, 0, 12, 2, { repeat: 'host', repeatDirection: 'v' }),
          panel(2, 12, 0, 12, 2),
          panel(3, 0, 2, 24, 1),
        ],
        context,
      ),
    ),
  ).toEqual(['1-host=a 0,0 12x2', '2 12,0 12x2', '1-host=b 0,2 12x2', '1-host=c 0,4 12x2', '3 0,6 24x1']);
});

test('a row repeats with its panels, which repeat within', () => {
  const cells = layOut(
    [row(1, 0, { repeat: 'disk' }), panel(2, 0, 1, 24, 2, { repeat: 'host' }), row(3, 3)],
    context,
  );
  expect(show(cells)).toEqual([
    '1-disk=x 0,0 24x1',
    '2-disk=x-host=a 0,1 8x2',
    '2-disk=x-host=b 8,1 8x2',
    '2-disk=x-host=c 16,1 8x2',
    '1-disk=y 0,3 24x1',
    '2-disk=y-host=a 0,4 8x2',
    '2-disk=y-host=b 8,4 8x2',
    '2-disk=y-host=c 16,4 8x2',
    '3 0,6 24x1',
  ]);
  expect(cells[6]!.scope).toMatchObject({ disk: { value: 'y' }, host: { value: 'b' } });
});

test('a repeat without values is one panel', () => {
  expect(show(layOut([panel(1, 0, 0, 12, 2, { repeat: 'gone' })], context))).toEqual(['1 0,0 12x2']);
});

test('boxes fill the width, one below the other on a phone', () => {
  const cells = layOut([panel(1, 0, 0, 12, 2), panel(2, 12, 0, 12, 2)], context);
  expect(boxesOf(cells, 1000, false)).toEqual({
    boxes: [
      { left: 0, top: 0, width: 496, height: 68 },
      { left: 504, top: 0, width: 496, height: 68 },
    ],
    height: 68,
  });
  expect(boxesOf(cells, 360, true).boxes.map(({ top, width }) => [top, width])).toEqual([
    [0, 360],
    [76, 360],
  ]);
});
