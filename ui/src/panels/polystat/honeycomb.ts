/** Places of polygons in rows, every second row shifted by half of one, as honeycombs are. */
export type Shape = 'hexagon' | 'circle' | 'square';

export type Honeycomb = {
  /** From the middle to a corner. */
  radius: number;
  columns: number;
  centers: { x: number; y: number }[];
};

export type HoneycombOptions = {
  count: number;
  width: number;
  height: number;
  shape: Shape;
  gap?: number;
  /** Pixels from corner to corner; as large as fits where absent. */
  size?: number;
  columns?: number;
};

const sqrt3 = Math.sqrt(3);

function extent(shape: Shape, columns: number, rows: number): { width: number; height: number } {
  // In units of the radius; a second row is shifted by half a polygon.
  if (shape === 'hexagon') {
    return { width: sqrt3 * (columns + (rows > 1 ? 0.5 : 0)), height: 2 + (rows - 1) * 1.5 };
  }
  const side = shape === 'circle' ? 2 : Math.SQRT2;
  return { width: side * columns, height: side * rows };
}

export function honeycomb(options: HoneycombOptions): Honeycomb {
  const { count, width, height, shape, gap = 2, size } = options;
  if (count === 0) return { radius: 0, columns: 0, centers: [] };
  let columns = 1;
  let radius = 0;
  const tries = options.columns
    ? [Math.min(options.columns, count)]
    : Array.from({ length: count }, (_, i) => i + 1);
  for (const candidate of tries) {
    const box = extent(shape, candidate, Math.ceil(count / candidate));
    const fits = Math.min(width / box.width, height / box.height);
    if (fits > radius + 0.01) [columns, radius] = [candidate, fits];
  }
  if (size !== undefined) {
    radius = Math.min(radius, size / 2);
    if (!options.columns) {
      columns = Math.max(1, Math.min(count, Math.floor(width / (extent(shape, 1, 1).width * radius))));
    }
  }
  const rows = Math.ceil(count / columns);
  const box = extent(shape, columns, rows);
  const left = Math.max(0, (width - box.width * radius) / 2);
  const top = Math.max(0, (height - box.height * radius) / 2);
  const step = extent(shape, 1, 1).width * radius;
  const centers = Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const column = index % columns;
    const shift = shape === 'hexagon' && row % 2 === 1 ? step / 2 : 0;
    const y =
      shape === 'hexagon' ? radius + row * 1.5 * radius : (row + 0.5) * extent(shape, 1, 1).height * radius;
    return { x: left + (column + 0.5) * step + shift, y: top + y };
  });
  return { radius: Math.max(1, radius - gap / 2), columns, centers };
}

const round = (value: number) => Math.round(value * 100) / 100;

/** The outline of one around a middle. */
export function outline(shape: Shape, x: number, y: number, radius: number): string {
  if (shape === 'square') {
    const half = radius / Math.SQRT2;
    return `M${round(x - half)},${round(y - half)}h${round(2 * half)}v${round(2 * half)}h${round(-2 * half)}Z`;
  }
  if (shape === 'circle') {
    const r = round(radius);
    return `M${round(x - radius)},${round(y)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
  }
  const corners = Array.from({ length: 6 }, (_, index) => {
    const angle = (index * Math.PI) / 3;
    return `${round(x + radius * Math.sin(angle))},${round(y - radius * Math.cos(angle))}`;
  });
  return `M${corners.join('L')}Z`;
}

/** Width of the text that fits into one. */
export function textRoom(shape: Shape, radius: number): number {
  return shape === 'hexagon'
    ? radius * sqrt3 * 0.9
    : shape === 'circle'
      ? radius * 1.6
      : radius * Math.SQRT2 * 0.9;
}
