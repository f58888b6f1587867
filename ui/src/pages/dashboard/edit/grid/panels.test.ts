import { expect, test } from 'vitest';
import type { Dashboard, Panel } from '../../../../dashboard/model';
import {
  addPanel,
  addRow,
  duplicatePanel,
  findPanel,
  moveInStack,
  movePanel,
  removePanel,
  removeRow,
  stepRow,
  toggleRow,
  updatePanel,
} from './panels';

function panel(id: number, x: number, y: number, w: number, h: number): Panel {
  return { id, type: 'stat', title: `p${id}`, gridPos: { x, y, w, h } };
}

function row(id: number, y: number, panels: Panel[] = []): Panel {
  return {
    id,
    type: 'row',
    title: `r${id}`,
    collapsed: panels.length > 0,
    panels,
    gridPos: { x: 0, y, w: 24, h: 1 },
  };
}

function dashboard(...panels: Panel[]): Dashboard {
  return { uid: 'u', title: 't', panels };
}

function shown({ panels }: Dashboard): string[] {
  return panels.map(
    ({ id, gridPos: { x, y }, panels: inner }) =>
      `${id}@${x},${y}${inner?.length ? ` (${inner.map((child) => child.id).join(' ')})` : ''}`,
  );
}

const rows = () =>
  dashboard(
    panel(1, 0, 0, 24, 4),
    row(10, 4),
    panel(2, 0, 5, 12, 4),
    panel(3, 12, 5, 12, 4),
    row(20, 9),
    panel(4, 0, 10, 24, 4),
  );

test('a panel gets a free id, also past those in collapsed rows', () => {
  const added = addPanel(dashboard(row(2, 0, [panel(9, 0, 1, 6, 4)])), { type: 'text' }, { w: 12, h: 8 });
  expect(added.id).toBe(10);
  expect(shown(added.dashboard)).toEqual(['2@0,0 (9)', '10@0,1']);
});

test('a row closes over its panels and opens again as it was', () => {
  const closed = toggleRow(rows(), 10);
  expect(shown(closed)).toEqual(['1@0,0', '10@0,4 (2 3)', '20@0,5', '4@0,6']);
  expect(shown(toggleRow(closed, 10))).toEqual(shown(rows()));
});

test('a row goes with its panels, or leaves them', () => {
  expect(shown(removeRow(rows(), 10, true))).toEqual(['1@0,0', '20@0,4', '4@0,5']);
  expect(shown(removeRow(rows(), 10, false))).toEqual(['1@0,0', '2@0,4', '3@12,4', '20@0,8', '4@0,9']);
  expect(shown(removeRow(toggleRow(rows(), 10), 10, false))).toEqual([
    '1@0,0',
    '2@0,4',
    '3@12,4',
    '20@0,8',
    '4@0,9',
  ]);
});

test('rows move with what they hold', () => {
  const up = stepRow(rows(), 20, -1);
  expect(shown(up)).toEqual(['1@0,0', '20@0,4', '4@0,5', '10@0,9', '2@0,10', '3@12,10']);
  expect(shown(stepRow(up, 20, 1))).toEqual(shown(rows()));
  expect(shown(movePanel(rows(), 20, { x: 0, y: 0 }))).toEqual([
    '20@0,0',
    '4@0,1',
    '1@0,5',
    '10@0,9',
    '2@0,10',
    '3@12,10',
  ]);
});

test('a copy stands beside its original where it fits, else below', () => {
  const beside = duplicatePanel(dashboard(panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4)), 1)!;
  expect(shown(beside.dashboard)).toEqual(['1@0,0', '3@12,0', '2@12,4']);
  const below = duplicatePanel(dashboard(panel(1, 0, 0, 16, 4), panel(2, 0, 4, 12, 4)), 1)!;
  expect(shown(below.dashboard)).toEqual(['1@0,0', '3@0,4', '2@0,8']);
});

test('in one column a panel changes places with those that it passes', () => {
  const two = dashboard(panel(1, 0, 0, 12, 4), panel(2, 12, 0, 12, 4), panel(3, 0, 4, 24, 6));
  expect(shown(moveInStack(two, 1, 2))).toEqual(['2@0,0', '1@12,0', '3@0,4']);
  expect(shown(moveInStack(two, 2, -3))).toEqual(['2@0,0', '1@12,0', '3@0,4']);
  expect(shown(moveInStack(two, 3, -8))).toEqual(['3@0,0', '2@0,6', '1@12,6']);
  expect(moveInStack(two, 1, 1)).toBe(two);
});

test('a copy of a panel in a closed row stays in it', () => {
  const copied = duplicatePanel(dashboard(row(1, 0, [panel(2, 0, 1, 6, 4)])), 2)!;
  expect(shown(copied.dashboard)).toEqual(['1@0,0 (2 3)']);
});

test('panels in collapsed rows are found, changed and removed', () => {
  const nested = dashboard(row(1, 0, [panel(2, 0, 1, 6, 4), panel(3, 6, 1, 6, 4)]));
  const renamed = updatePanel(nested, 3, (found) => ({ ...found, title: 'new' }));
  expect(findPanel(renamed, 3)?.title).toBe('new');
  expect(findPanel(renamed, 2)).toBe(findPanel(nested, 2));
  expect(shown(removePanel(nested, 2))).toEqual(['1@0,0 (3)']);
  expect(updatePanel(nested, 99, (found) => ({ ...found }))).toBe(nested);
});

test('a new row goes to the end', () => {
  expect(shown(addRow(dashboard(panel(1, 0, 0, 6, 4)), 'x').dashboard)).toEqual(['1@0,0', '2@0,4']);
});
