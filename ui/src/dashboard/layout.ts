import type { Option } from '../variables/options';
import type { Scope } from '../variables/scope';
import type { Panel } from './model';

export const gridColumns = 24;
/** Pixels of a row of the grid, and between panels. */
export const gridRowHeight = 30;
export const gridGap = 8;

/** A panel at its place on the page, repeats worked out. */
export type Cell = {
  /** The panel's id, and what was repeated for. */
  key: string;
  panel: Panel;
  scope: Scope;
  x: number;
  y: number;
  w: number;
  h: number;
  /** A copy that a repeat made: it is changed by changing the first. */
  isCopy: boolean;
  /** Rows that are closed: how many panels it hides. */
  hidden?: number;
};

export type LayoutContext = {
  /** The values that a repeat runs over; `null` while they are not known. */
  chosenOptions(name: string): readonly Option[] | null;
  /** Whether a row was opened or closed by who looks at it; undefined: as it is stored. */
  isCollapsed?(key: string): boolean | undefined;
};

type Item = Omit<Cell, 'y'> & { y: number };

/**
 * The cells of a dashboard in reading order: rows and panels repeated, panels of
 * collapsed rows left out, and each moved up until something is above it.
 */
export function layOut(panels: readonly Panel[], context: LayoutContext): Cell[] {
  const items: Item[] = [];
  let offset = 0;
  for (const { row, members } of sections(panels)) {
    if (!row) {
      const top = placed(members, {}, '', false, context);
      items.push(...top);
      offset = bottomOf(items);
      continue;
    }
    for (const [index, { scope, suffix }] of repeats(row, {}, context).entries()) {
      const isCopy = index > 0;
      const key = `${row.id}${suffix}`;
      const isCollapsed = context.isCollapsed?.(key) ?? row.collapsed ?? false;
      items.push({
        key,
        panel: row,
        scope,
        x: 0,
        y: offset,
        w: gridColumns,
        h: 1,
        isCopy,
        hidden: isCollapsed ? members.length : undefined,
      });
      offset += 1;
      if (isCollapsed || members.length === 0) continue;
      const inside = placed(members, scope, suffix, isCopy, context);
      const start = Math.min(...inside.map(({ y }) => y));
      for (const item of inside) items.push({ ...item, y: item.y - start + offset });
      offset = bottomOf(items);
    }
  }
  return compact(items);
}

type Section = { row: Panel | null; members: Panel[] };

/** Rows with what they hold; first what stands above all rows. */
function sections(panels: readonly Panel[]): Section[] {
  const sorted = [...panels].sort(byPlace);
  const result: Section[] = [{ row: null, members: [] }];
  for (const panel of sorted) {
    if (panel.type === 'row') {
      const isClosed = panel.collapsed && (panel.panels?.length ?? 0) > 0;
      result.push({ row: panel, members: isClosed ? [...panel.panels!].sort(byPlace) : [] });
    } else result.at(-1)!.members.push(panel);
  }
  // What follows a collapsed row without being in it stands below it, in the open.
  return result.flatMap((section) => {
    const { row, members } = section;
    if (!row?.collapsed || !row.panels?.length) return [section];
    const own = new Set(row.panels);
    const below = members.filter((panel) => !own.has(panel));
    const closed = { row, members: members.filter((panel) => own.has(panel)) };
    return below.length > 0 ? [closed, { row: null, members: below }] : [closed];
  });
}

function byPlace(a: Panel, b: Panel): number {
  return a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x;
}

type Repeat = { scope: Scope; suffix: string };

function repeats(panel: Panel, scope: Scope, { chosenOptions }: LayoutContext): Repeat[] {
  const name = panel.repeat;
  if (!name || Object.hasOwn(scope, name)) return [{ scope, suffix: '' }];
  const options = chosenOptions(name);
  if (!options || options.length === 0) return [{ scope, suffix: '' }];
  return options.map(({ value, text }) => ({
    scope: { ...scope, [name]: { name, value, text } },
    suffix: `-${name}=${value}`,
  }));
}

/** The panels of one section with their repeats; what stands below a repeat moves down by what it grew. */
function placed(
  members: readonly Panel[],
  scope: Scope,
  suffix: string,
  isCopy: boolean,
  context: LayoutContext,
): Item[] {
  const items: Item[] = [];
  const grown: { from: number; by: number }[] = [];
  for (const panel of members) {
    const { x, w, h } = panel.gridPos;
    const y = grown.reduce(
      (sum, { from, by }) => (panel.gridPos.y >= from ? sum + by : sum),
      panel.gridPos.y,
    );
    const item = (repeat: Repeat, place: { x: number; y: number; w: number }, index: number): Item => ({
      key: `${panel.id}${suffix}${repeat.suffix}`,
      panel,
      scope: repeat.scope,
      ...place,
      h,
      isCopy: isCopy || index > 0,
    });
    const copies = repeats(panel, scope, context);
    if (copies.length === 1 && !copies[0]!.suffix) {
      items.push(item(copies[0]!, { x, y, w }, 0));
      continue;
    }
    if (panel.repeatDirection === 'v') {
      for (const [index, copy] of copies.entries()) items.push(item(copy, { x, y: y + index * h, w }, index));
      grown.push({ from: panel.gridPos.y + h, by: (copies.length - 1) * h });
      continue;
    }
    const perRow = Math.max(1, Math.min(panel.maxPerRow || 4, gridColumns));
    const width = Math.max(Math.floor(gridColumns / copies.length), Math.floor(gridColumns / perRow));
    const inRow = Math.floor(gridColumns / width);
    for (const [index, copy] of copies.entries()) {
      const place = { x: (index % inRow) * width, y: y + Math.floor(index / inRow) * h, w: width };
      items.push(item(copy, place, index));
    }
    grown.push({ from: panel.gridPos.y + h, by: (Math.ceil(copies.length / inRow) - 1) * h });
  }
  return items;
}

function bottomOf(items: readonly { y: number; h: number }[]): number {
  return items.reduce((bottom, { y, h }) => Math.max(bottom, y + h), 0);
}

/** Moves each up to what is above it, in reading order. */
function compact(items: readonly Item[]): Cell[] {
  const heights = new Array<number>(gridColumns).fill(0);
  return [...items]
    .map((item, order) => ({ item, order }))
    .sort((a, b) => a.item.y - b.item.y || a.item.x - b.item.x || a.order - b.order)
    .map(({ item }) => {
      const w = Math.max(1, Math.min(gridColumns, Math.round(item.w)));
      const x = Math.max(0, Math.min(gridColumns - w, Math.round(item.x)));
      const h = Math.max(1, Math.round(item.h));
      const y = Math.max(...heights.slice(x, x + w));
      heights.fill(y + h, x, x + w);
      return { ...item, x, y, w, h };
    });
}

/** A cell in pixels. */
export type Box = { left: number; top: number; width: number; height: number };

/** Places cells on a page of a width; one below the other where it is narrow. */
export function boxesOf(
  cells: readonly Cell[],
  width: number,
  isNarrow: boolean,
): { boxes: Box[]; height: number } {
  const rowStep = gridRowHeight + gridGap;
  if (isNarrow) {
    let top = 0;
    const boxes = cells.map(({ h }) => {
      const box = { left: 0, top, width, height: h * rowStep - gridGap };
      top += box.height + gridGap;
      return box;
    });
    return { boxes, height: Math.max(0, top - gridGap) };
  }
  const columnStep = (width + gridGap) / gridColumns;
  const boxes = cells.map(({ x, y, w, h }) => {
    const left = Math.round(x * columnStep);
    return {
      left,
      top: y * rowStep,
      width: Math.round((x + w) * columnStep) - gridGap - left,
      height: h * rowStep - gridGap,
    };
  });
  return { boxes, height: boxes.reduce((bottom, { top, height }) => Math.max(bottom, top + height), 0) };
}
