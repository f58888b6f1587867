import type { GridPos, Panel } from '../../../../dashboard/model';

/**
 * The arithmetic of the grid: 24 columns, panels fall up until something is in
 * their way, and what is moved pushes aside what it meets, as Grafana's grid
 * does. Pure: each function answers a new list and leaves the panels that did
 * not move the same objects.
 */
export const columns = 24;

export const smallest = { w: 1, h: 1 };

export function overlaps(a: GridPos, b: GridPos): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

export function isSamePos(a: GridPos, b: GridPos): boolean {
  return a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;
}

/** Into the grid: whole numbers, no wider than it, nowhere outside. */
export function clamped(pos: GridPos): GridPos {
  const w = Math.min(columns, Math.max(smallest.w, Math.round(pos.w)));
  const h = Math.max(smallest.h, Math.round(pos.h));
  return {
    ...pos,
    w,
    h,
    x: Math.min(columns - w, Math.max(0, Math.round(pos.x))),
    y: Math.max(0, Math.round(pos.y)),
  };
}

export function byPlace(a: Panel, b: Panel): number {
  return a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x;
}

export function bottomOf(panels: readonly Panel[]): number {
  return panels.reduce((bottom, { gridPos }) => Math.max(bottom, gridPos.y + gridPos.h), 0);
}

/**
 * Every panel as far up as it goes, in reading order; who comes first has the
 * place. `before` is where they stood: those pushed to the same height keep their order.
 */
export function compacted(panels: readonly Panel[], before: readonly Panel[] = panels): Panel[] {
  const rank = new Map(before.toSorted(byPlace).map(({ id }, at) => [id, at]));
  const inOrder = (a: Panel, b: Panel) =>
    a.gridPos.y - b.gridPos.y || (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0) || byPlace(a, b);
  const placed: GridPos[] = [];
  const result = panels.toSorted(inOrder).map((panel) => {
    let pos = clamped(panel.gridPos);
    const isFree = (candidate: GridPos) => !placed.some((other) => overlaps(other, candidate));
    while (!isFree(pos)) {
      const blocker = placed.find((other) => overlaps(other, pos))!;
      pos = { ...pos, y: blocker.y + blocker.h };
    }
    while (pos.y > 0 && isFree({ ...pos, y: pos.y - 1 })) pos = { ...pos, y: pos.y - 1 };
    placed.push(pos);
    return withPos(panel, pos);
  });
  return result.sort(byPlace);
}

function withPos(panel: Panel, pos: GridPos): Panel {
  return isSamePos(panel.gridPos, pos) ? panel : { ...panel, gridPos: pos };
}

/**
 * Puts a panel somewhere. What it lands on goes above it where there is room for
 * that, and else below, and pushes on in turn; then all fall up.
 */
export function moved(panels: readonly Panel[], id: number, to: { x: number; y: number }): Panel[] {
  const panel = panels.find((candidate) => candidate.id === id);
  if (!panel) return [...panels];
  const target = clamped({ ...panel.gridPos, ...to });
  return compacted(settled(panels, id, target, true), panels);
}

/** Gives a panel another size; its corner stays, and what is in the way goes down. */
export function resized(panels: readonly Panel[], id: number, to: { w: number; h: number }): Panel[] {
  const panel = panels.find((candidate) => candidate.id === id);
  if (!panel) return [...panels];
  const { x, y } = panel.gridPos;
  const w = Math.min(Math.max(smallest.w, to.w), columns - x);
  return compacted(settled(panels, id, clamped({ ...panel.gridPos, x, y, w, h: to.h }), false), panels);
}

function settled(panels: readonly Panel[], id: number, pos: GridPos, mayGoAbove: boolean): Panel[] {
  const places = new Map(panels.map((panel) => [panel.id, panel.gridPos]));
  const before = places.get(id)!;
  places.set(id, pos);
  // Who is pushed never pushes back: each one is moved below what moved it, so this ends.
  const push = (mover: number, isFirst: boolean) => {
    const moverPos = places.get(mover)!;
    const hit = panels
      .filter((panel) => panel.id !== mover && panel.id !== id && overlaps(places.get(panel.id)!, moverPos))
      .toSorted((a, b) => places.get(a.id)!.y - places.get(b.id)!.y);
    const pushed = hit.filter((panel) => {
      if (!isFirst || !mayGoAbove || pos.y <= before.y) return true;
      const own = places.get(panel.id)!;
      const above = { ...own, y: Math.max(0, moverPos.y - own.h) };
      const isFree = panels.every(
        (other) => other.id === panel.id || !overlaps(places.get(other.id)!, above),
      );
      if (isFree) places.set(panel.id, above);
      return !isFree;
    });
    if (pushed.length === 0) return;
    // All by as much as the uppermost needs, so that they keep their order; what is left over falls away.
    const by = moverPos.y + moverPos.h - places.get(pushed[0]!.id)!.y;
    for (const { id: hitId } of pushed) {
      const own = places.get(hitId)!;
      places.set(hitId, { ...own, y: own.y + by });
    }
    for (const panel of pushed) push(panel.id, false);
  };
  push(id, true);
  return panels.map((panel) => withPos(panel, places.get(panel.id)!));
}

/** Makes room at a place by pushing what is there, and below it, down. */
export function shiftedDown(panels: readonly Panel[], fromY: number, by: number): Panel[] {
  return panels.map((panel) =>
    panel.gridPos.y >= fromY && by !== 0
      ? { ...panel, gridPos: { ...panel.gridPos, y: Math.max(0, panel.gridPos.y + by) } }
      : panel,
  );
}

/** Where something new goes: beside the last panel where it fits, else below everything. */
export function freePlace(panels: readonly Panel[], size: { w: number; h: number }): GridPos {
  const w = Math.min(columns, size.w);
  const bottom = bottomOf(panels);
  const last = panels.toSorted(byPlace).at(-1);
  if (last && last.type !== 'row') {
    const beside = { x: last.gridPos.x + last.gridPos.w, y: last.gridPos.y, w, h: size.h };
    const isFree = panels.every((panel) => !overlaps(panel.gridPos, beside));
    if (beside.x + w <= columns && isFree) return beside;
  }
  return { x: 0, y: bottom, w, h: size.h };
}

/**
 * Where a copy goes: right of the original where it fits, else below it. What is
 * there already is pushed down.
 */
export function placeOfCopy(pos: GridPos): GridPos {
  return pos.x + pos.w * 2 <= columns ? { ...pos, x: pos.x + pos.w } : { ...pos, y: pos.y + pos.h };
}
