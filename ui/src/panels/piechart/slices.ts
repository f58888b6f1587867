/** Slices of a pie, clockwise from the top. */
export type Slice = { index: number; share: number; from: number; to: number };

export function slicesOf(
  values: readonly number[],
  sort: 'desc' | 'asc' | 'none',
  sortedBy: readonly number[] = values,
): Slice[] {
  const usable = values.map((value, index) => ({ index, value: Math.max(value, 0) }));
  const sign = sort === 'desc' ? -1 : 1;
  if (sort !== 'none')
    usable.sort((a, b) => sign * (sortedBy[a.index]! - sortedBy[b.index]!) || a.index - b.index);
  const total = usable.reduce((sum, { value }) => sum + value, 0);
  let at = 0;
  return usable.map(({ index, value }) => {
    const share = total > 0 ? value / total : 0;
    const slice = { index, share, from: at, to: at + share };
    at += share;
    return slice;
  });
}

const round = (value: number) => Math.round(value * 100) / 100;

function place(share: number, radius: number, center: number): string {
  const angle = share * 2 * Math.PI;
  return `${round(center + radius * Math.sin(angle))},${round(center - radius * Math.cos(angle))}`;
}

/** The outline of a slice, around a hole where `inner` is above 0. */
export function slicePath({ from, to }: Slice, radius: number, inner: number, center: number): string {
  // An arc cannot go all the way around.
  const end = Math.min(to, from + 0.99999);
  const large = end - from > 0.5 ? 1 : 0;
  const outer = `M${place(from, radius, center)}A${round(radius)},${round(radius)} 0 ${large} 1 ${place(end, radius, center)}`;
  if (inner <= 0) return `${outer}L${round(center)},${round(center)}Z`;
  return `${outer}L${place(end, inner, center)}A${round(inner)},${round(inner)} 0 ${large} 0 ${place(from, inner, center)}Z`;
}

/** Where a slice's label stands. */
export function sliceMiddle({ from, to }: Slice, radius: number, center: number): [x: number, y: number] {
  const angle = (from + to) * Math.PI;
  return [center + radius * Math.sin(angle), center - radius * Math.cos(angle)];
}
