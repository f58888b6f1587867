import { expect, test } from 'vitest';
import type { Panel } from '../../../../dashboard/model';
import { bottomOf, compacted, freePlace, moved, overlaps, resized } from './layout';

function panel(id: number, x: number, y: number, w: number, h: number): Panel {
  return { id, type: 'timeseries', gridPos: { x, y, w, h } };
}

/** `id@x,y wxh` in reading order. */
function shown(panels: readonly Panel[]): string[] {
  return panels.map(({ id, gridPos: { x, y, w, h } }) => `${id}@${x},${y} ${w}x${h}`);
}

test('panels fall up until something is in the way', () => {
  expect(shown(compacted([panel(1, 0, 3, 12, 8), panel(2, 12, 5, 12, 8), panel(3, 0, 40, 24, 4)]))).toEqual([
    '1@0,0 12x8',
    '2@12,0 12x8',
    '3@0,8 24x4',
  ]);
});

test('panels that overlap are taken apart, the first keeps its place', () => {
  expect(shown(compacted([panel(1, 0, 0, 12, 8), panel(2, 6, 2, 12, 8)]))).toEqual([
    '1@0,0 12x8',
    '2@6,8 12x8',
  ]);
});

test('moving down onto a panel that has room above swaps the two', () => {
  const panels = [panel(1, 0, 0, 24, 4), panel(2, 0, 4, 24, 4)];
  expect(shown(moved(panels, 1, { x: 0, y: 4 }))).toEqual(['2@0,0 24x4', '1@0,4 24x4']);
});

test('moving up onto a panel pushes it down, and what is below it', () => {
  const panels = [panel(1, 0, 0, 12, 4), panel(2, 0, 4, 12, 4), panel(3, 12, 0, 12, 4)];
  expect(shown(moved(panels, 3, { x: 0, y: 0 }))).toEqual(['3@0,0 12x4', '1@0,4 12x4', '2@0,8 12x4']);
});

test('nothing leaves the grid', () => {
  expect(shown(moved([panel(1, 0, 0, 12, 4)], 1, { x: 90, y: -3 }))).toEqual(['1@12,0 12x4']);
  expect(shown(resized([panel(1, 20, 0, 4, 4)], 1, { w: 90, h: 0 }))).toEqual(['1@20,0 4x1']);
});

test('growing pushes down what is beside and below', () => {
  const panels = [panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4), panel(3, 0, 4, 24, 2)];
  expect(shown(resized(panels, 1, { w: 16, h: 6 }))).toEqual(['1@0,0 16x6', '2@12,6 12x4', '3@0,10 24x2']);
});

test('panels that stay are the same objects', () => {
  const panels = [panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4)];
  expect(moved(panels, 2, { x: 12, y: 0 })[0]).toBe(panels[0]);
});

test('a new panel goes beside the last one, else below all', () => {
  expect(freePlace([panel(1, 0, 0, 12, 8)], { w: 12, h: 8 })).toEqual({ x: 12, y: 0, w: 12, h: 8 });
  expect(freePlace([panel(1, 0, 0, 16, 8)], { w: 12, h: 8 })).toEqual({ x: 0, y: 8, w: 12, h: 8 });
  expect(freePlace([], { w: 12, h: 8 })).toEqual({ x: 0, y: 0, w: 12, h: 8 });
});

test('whatever is moved or resized, no two panels overlap and none hangs in the air', () => {
  // xorshift, so that a failure is the same failure again.
  let seed = 0x2545f491;
  const random = (below: number) => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % below;
  };
  let panels = compacted(
    Array.from({ length: 14 }, (_, id) => panel(id, random(24), random(20), 1 + random(24), 1 + random(9))),
  );
  for (let step = 0; step < 400; step++) {
    const id = random(14);
    panels =
      random(2) === 0
        ? moved(panels, id, { x: random(24), y: random(bottomOf(panels) + 4) })
        : resized(panels, id, { w: 1 + random(24), h: 1 + random(9) });
    const wrong = panels.filter((a) => {
      const others = panels.filter((b) => b.id !== a.id);
      const higher = { ...a.gridPos, y: a.gridPos.y - 1 };
      const hangs = higher.y >= 0 && !others.some((b) => overlaps(higher, b.gridPos));
      return hangs || a.gridPos.x + a.gridPos.w > 24 || others.some((b) => overlaps(a.gridPos, b.gridPos));
    });
    expect([panels.length, wrong.map((panel) => panel.id)]).toEqual([14, []]);
  }
});
