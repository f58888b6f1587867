/** Where several values of one panel stand. */
export type Orientation = 'auto' | 'horizontal' | 'vertical';

export type GridCell = { x: number; y: number; width: number; height: number };

export type GridOptions = {
  count: number;
  width: number;
  height: number;
  /** `horizontal`: below each other; `vertical`: side by side; `auto`: as large as they can be. */
  orientation: Orientation;
  gap?: number;
  minWidth?: number;
  minHeight?: number;
  maxHeight?: number;
};

export type ValueGrid = { cells: GridCell[]; width: number; height: number };

/** Cells for `count` values. The grid is larger than the box, which then scrolls, where they would be too small. */
export function valueGrid(options: GridOptions): ValueGrid {
  const { count, width, height, gap = 8, minWidth = 0, minHeight = 0, maxHeight } = options;
  if (count === 0) return { cells: [], width, height };
  const columns =
    options.orientation === 'horizontal'
      ? 1
      : options.orientation === 'vertical'
        ? count
        : squareColumns(count, width, height, gap, minWidth);
  const rows = Math.ceil(count / columns);
  const cellWidth = Math.max(minWidth, (width - gap * (columns - 1)) / columns, 1);
  const fair = (height - gap * (rows - 1)) / rows;
  const cellHeight = Math.max(minHeight, Math.min(fair, maxHeight ?? fair), 1);
  const cells = Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    // The last row fills the width with what it has.
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const wide = inRow < columns ? (width - gap * (inRow - 1)) / inRow : cellWidth;
    return {
      x: (index % columns) * (wide + gap),
      y: row * (cellHeight + gap),
      width: wide,
      height: cellHeight,
    };
  });
  return {
    cells,
    width: Math.max(width, columns * cellWidth + gap * (columns - 1)),
    height: Math.max(height, rows * cellHeight + gap * (rows - 1)),
  };
}

/** With which number of columns squares are largest. */
function squareColumns(count: number, width: number, height: number, gap: number, minWidth: number): number {
  let [best, size] = [1, 0];
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    if (columns > 1 && cellWidth < minWidth) break;
    const side = Math.min(cellWidth, (height - gap * (rows - 1)) / rows);
    if (side > size + 0.01) [best, size] = [columns, side];
  }
  return best;
}
