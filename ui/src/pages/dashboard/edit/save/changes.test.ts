import { expect, test } from 'vitest';
import type { Dashboard, Panel } from '../../../../dashboard/model';
import { differences, isViewState } from './changes';

const panel = (id: number, more: Partial<Panel> = {}): Panel => ({
  id,
  type: 'stat',
  title: `P${id}`,
  gridPos: { x: 0, y: 0, w: 1, h: 1 },
  ...more,
});
const base: Dashboard = {
  uid: 'u',
  title: 'T',
  version: 3,
  panels: [
    panel(1, { targets: [{ refId: 'A', expr: 'up' }] }),
    panel(2),
    panel(5, { type: 'row', panels: [panel(6)] }),
  ],
};

function lines(after: Dashboard): string[] {
  return differences(base, after).map(
    ({ where, path, before, after }) => `${where}|${path}|${before}|${after}`,
  );
}

test('a dashboard does not differ from itself, nor by its version', () => {
  expect(lines({ ...base, version: 4 })).toEqual([]);
  expect(lines(structuredClone(base))).toEqual([]);
});

test('differences name the panel, the query and the key', () => {
  const after = structuredClone(base);
  after.title = 'New';
  after.panels[0]!.targets![0]!.expr = 'down';
  after.panels[2]!.panels![0]!.title = 'In';
  expect(lines(after)).toEqual([
    '|title|"T"|"New"',
    'P1 (#1)|targets[A].expr|"up"|"down"',
    'In (#6)|title|"P6"|"In"',
  ]);
});

test('panels that came and went', () => {
  const after = { ...base, panels: [base.panels[0]!, base.panels[2]!, panel(9)] };
  const found = differences(base, after);
  expect(found.map(({ where, after }) => [where, after === null])).toEqual([
    ['P2 (#2)', true],
    ['P9 (#9)', false],
  ]);
});

test('what was only chosen is told apart', () => {
  const one = { where: '', before: null, after: null };
  expect(isViewState({ ...one, path: 'time.from' })).toBe(true);
  expect(isViewState({ ...one, path: 'templating.list[job].current.value' })).toBe(true);
  expect(isViewState({ ...one, path: 'templating.list[job].query' })).toBe(false);
});
