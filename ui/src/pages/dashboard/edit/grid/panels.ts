import type { Dashboard, GridPos, Panel } from '../../../../dashboard/model';
import { bottomOf, byPlace, compacted, freePlace, moved, placeOfCopy, resized, shiftedDown } from './layout';

/** What is done to the panels of a dashboard. Each function answers a new dashboard, in reading order. */

export function allPanels(dashboard: Dashboard): Panel[] {
  return dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

export function findPanel(dashboard: Dashboard, id: number): Panel | undefined {
  return allPanels(dashboard).find((panel) => panel.id === id);
}

export function nextPanelId(dashboard: Dashboard): number {
  return allPanels(dashboard).reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
}

/** Changes one panel, also one inside of a collapsed row. */
export function updatePanel(dashboard: Dashboard, id: number, change: (panel: Panel) => Panel): Dashboard {
  let isChanged = false;
  const visit = (panels: Panel[]): Panel[] =>
    panels.map((panel) => {
      if (panel.id === id) {
        const next = change(panel);
        isChanged ||= next !== panel;
        return next;
      }
      if (!panel.panels?.length) return panel;
      const inner = visit(panel.panels);
      return inner.some((child, at) => child !== panel.panels![at]) ? { ...panel, panels: inner } : panel;
    });
  const panels = visit(dashboard.panels);
  return isChanged ? { ...dashboard, panels } : dashboard;
}

function withPanels(dashboard: Dashboard, panels: readonly Panel[]): Dashboard {
  return { ...dashboard, panels: panels.toSorted(byPlace) };
}

/** A panel without what only the dashboard can give it. */
export type LoosePanel = Partial<Panel> & { type: string };

/** Adds a panel where there is room; its id and place are decided here. */
export function addPanel(
  dashboard: Dashboard,
  panel: LoosePanel,
  size: { w: number; h: number },
): { dashboard: Dashboard; id: number } {
  const id = nextPanelId(dashboard);
  const added: Panel = { ...panel, id, gridPos: freePlace(dashboard.panels, size) };
  return { dashboard: withPanels(dashboard, compacted([...dashboard.panels, added])), id };
}

export function movePanel(dashboard: Dashboard, id: number, to: { x: number; y: number }): Dashboard {
  const row = dashboard.panels.find((panel) => panel.id === id && panel.type === 'row');
  if (row) return moveRowTo(dashboard, id, to.y);
  return withPanels(dashboard, moved(dashboard.panels, id, to));
}

/**
 * Moves a panel within the one column of a narrow page: by so many rows up or
 * down the stack. The panels between take each other's places in the grid.
 */
export function moveInStack(dashboard: Dashboard, id: number, byRows: number): Dashboard {
  const order = dashboard.panels.toSorted(byPlace);
  const from = order.findIndex((panel) => panel.id === id);
  if (from < 0 || order[from]!.type === 'row') return dashboard;
  let to = from;
  const step = Math.sign(byRows);
  let left = Math.abs(byRows);
  // Half of a neighbour's height is enough to change places with it.
  for (let passed = order[to + step]; passed && left > 0; passed = order[to + step]) {
    if (left < passed.gridPos.h / 2) break;
    left -= passed.gridPos.h;
    to += step;
  }
  if (to === from) return dashboard;
  const next = [...order];
  next.splice(to, 0, next.splice(from, 1)[0]!);
  const placed = next.map((panel, at) => {
    const { x, y } = order[at]!.gridPos;
    return panel === order[at] ? panel : { ...panel, gridPos: { ...panel.gridPos, x, y } };
  });
  return withPanels(dashboard, compacted(placed));
}

export function resizePanel(dashboard: Dashboard, id: number, to: { w: number; h: number }): Dashboard {
  return withPanels(dashboard, resized(dashboard.panels, id, to));
}

export function duplicatePanel(
  dashboard: Dashboard,
  id: number,
): { dashboard: Dashboard; id: number } | null {
  const copyId = nextPanelId(dashboard);
  const row = dashboard.panels.find(({ panels }) => panels?.some((child) => child.id === id));
  const original = (row?.panels ?? dashboard.panels).find((panel) => panel.id === id);
  if (!original || original.type === 'row') return null;
  const copy = { ...structuredClone(original), id: copyId, gridPos: placeOfCopy(original.gridPos) };
  if (row?.panels) {
    // Within a closed row there is room: it is laid out when it opens.
    const inside = { ...row, panels: [...row.panels, copy] };
    const panels = dashboard.panels.map((panel) => (panel === row ? inside : panel));
    return { dashboard: { ...dashboard, panels }, id: copyId };
  }
  // Found first among equals, the copy keeps its place and pushes.
  const panels = moved([copy, ...dashboard.panels], copyId, copy.gridPos);
  return { dashboard: withPanels(dashboard, panels), id: copyId };
}

export function removePanel(dashboard: Dashboard, id: number): Dashboard {
  const isTop = dashboard.panels.some((panel) => panel.id === id);
  if (isTop) {
    return withPanels(dashboard, compacted(dashboard.panels.filter((panel) => panel.id !== id)));
  }
  return {
    ...dashboard,
    panels: dashboard.panels.map((panel) =>
      panel.panels?.some((child) => child.id === id)
        ? { ...panel, panels: panel.panels.filter((child) => child.id !== id) }
        : panel,
    ),
  };
}

// Rows

const rowHeight = 1;

export function addRow(dashboard: Dashboard, title: string): { dashboard: Dashboard; id: number } {
  const id = nextPanelId(dashboard);
  const gridPos: GridPos = { x: 0, y: bottomOf(dashboard.panels), w: 24, h: rowHeight };
  const row: Panel = { id, type: 'row', title, collapsed: false, panels: [], gridPos };
  return { dashboard: withPanels(dashboard, [...dashboard.panels, row]), id };
}

/** The panels that an open row holds: those between it and the next row. */
export function panelsOfRow(dashboard: Dashboard, id: number): Panel[] {
  const row = dashboard.panels.find((panel) => panel.id === id);
  if (!row) return [];
  if (row.collapsed) return row.panels ?? [];
  const sorted = dashboard.panels.toSorted(byPlace);
  const at = sorted.indexOf(row);
  const next = sorted.findIndex((panel, index) => index > at && panel.type === 'row');
  return sorted.slice(at + 1, next < 0 ? undefined : next);
}

export function toggleRow(dashboard: Dashboard, id: number): Dashboard {
  const row = dashboard.panels.find((panel) => panel.id === id);
  if (row?.type !== 'row') return dashboard;
  return row.collapsed ? openRow(dashboard, row) : closeRow(dashboard, row);
}

function closeRow(dashboard: Dashboard, row: Panel): Dashboard {
  const inside = panelsOfRow(dashboard, row.id);
  const ids = new Set(inside.map(({ id }) => id));
  const rest = dashboard.panels
    .filter((panel) => !ids.has(panel.id))
    .map((panel) => (panel.id === row.id ? { ...row, collapsed: true, panels: inside } : panel));
  return withPanels(dashboard, compacted(rest));
}

function openRow(dashboard: Dashboard, row: Panel): Dashboard {
  const inside = row.panels ?? [];
  const top = inside.reduce((least, { gridPos }) => Math.min(least, gridPos.y), Number.POSITIVE_INFINITY);
  const start = row.gridPos.y + row.gridPos.h;
  const placed = inside.map((panel) => ({
    ...panel,
    gridPos: { ...panel.gridPos, y: panel.gridPos.y - top + start },
  }));
  const height = Math.max(0, bottomOf(placed) - start);
  const others = shiftedDown(
    dashboard.panels.map((panel) => (panel.id === row.id ? { ...row, collapsed: false, panels: [] } : panel)),
    start,
    height,
  );
  return withPanels(dashboard, compacted([...others, ...placed]));
}

/** Takes a row away, with its panels, or leaving them to the row above. */
export function removeRow(dashboard: Dashboard, id: number, withItsPanels: boolean): Dashboard {
  const row = dashboard.panels.find((panel) => panel.id === id);
  if (row?.type !== 'row') return dashboard;
  const opened = row.collapsed && !withItsPanels ? openRow(dashboard, row) : dashboard;
  const gone = new Set([id, ...(withItsPanels ? panelsOfRow(dashboard, id).map((panel) => panel.id) : [])]);
  return withPanels(opened, compacted(opened.panels.filter((panel) => !gone.has(panel.id))));
}

/** Moves a row, with the panels that it holds, before the row or the panel that is at `y`. */
function moveRowTo(dashboard: Dashboard, id: number, y: number): Dashboard {
  const row = dashboard.panels.find((panel) => panel.id === id)!;
  const own = row.collapsed ? [row] : [row, ...panelsOfRow(dashboard, id)];
  const ownIds = new Set(own.map((panel) => panel.id));
  const others = dashboard.panels.filter((panel) => !ownIds.has(panel.id)).toSorted(byPlace);
  const height = bottomOf(own) - row.gridPos.y;
  const isDown = y > row.gridPos.y;
  // Downwards what counts is what the row's upper edge has passed.
  const edge = isDown ? y + height : y;
  const before = others.filter(({ gridPos }) =>
    isDown ? gridPos.y + Math.ceil(gridPos.h / 2) <= edge : gridPos.y + Math.floor(gridPos.h / 2) < edge,
  );
  const start = bottomOf(before);
  const after = others.filter((panel) => !before.includes(panel));
  const lift = after.reduce((least, { gridPos }) => Math.min(least, gridPos.y), Number.POSITIVE_INFINITY);
  const at = (panel: Panel, by: number) => ({
    ...panel,
    gridPos: { ...panel.gridPos, y: panel.gridPos.y + by },
  });
  return withPanels(
    dashboard,
    compacted([
      ...before,
      ...own.map((panel) => at(panel, start - row.gridPos.y)),
      ...after.map((panel) => at(panel, start + height - lift)),
    ]),
  );
}

/** Moves a row past the one before or after it. */
export function stepRow(dashboard: Dashboard, id: number, direction: -1 | 1): Dashboard {
  const rows = dashboard.panels.filter((panel) => panel.type === 'row').toSorted(byPlace);
  const at = rows.findIndex((row) => row.id === id);
  const neighbour = rows[at + direction];
  if (at < 0) return dashboard;
  if (!neighbour) return direction === -1 ? moveRowTo(dashboard, id, 0) : dashboard;
  // One row down is the row below one row up.
  return direction === -1
    ? moveRowTo(dashboard, id, neighbour.gridPos.y)
    : moveRowTo(dashboard, neighbour.id, rows[at]!.gridPos.y);
}
