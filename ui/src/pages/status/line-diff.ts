export type DiffLine = {
  kind: 'same' | 'added' | 'removed';
  text: string;
  /** In the text after the change; `null` for a removed line. */
  number: number | null;
};

/** Beyond this many cells the changed part counts as replaced as a whole. */
const maxCells = 4_000_000;

/** The lines of both texts in order, by the longest common subsequence. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (
    tail < before.length - start &&
    tail < after.length - start &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const result: DiffLine[] = [];
  const keep = (index: number) => result.push({ kind: 'same', text: after[index]!, number: index + 1 });
  for (let i = 0; i < start; i++) keep(i);

  const old = before.slice(start, before.length - tail);
  const fresh = after.slice(start, after.length - tail);
  const lengths = commonLengths(old, fresh);
  const width = fresh.length + 1;
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && lengths && old[i] === fresh[j]) {
      keep(start + j);
      i++;
      j++;
    } else if (
      i < old.length &&
      (j >= fresh.length || !lengths || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)
    ) {
      result.push({ kind: 'removed', text: old[i]!, number: null });
      i++;
    } else {
      result.push({ kind: 'added', text: fresh[j]!, number: start + j + 1 });
      j++;
    }
  }
  for (let k = after.length - tail; k < after.length; k++) keep(k);
  return result;
}

/** `lengths[i * width + j]`: what the two lists from `i` and from `j` on have in common at most. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint32Array | null {
  const width = fresh.length + 1;
  if ((old.length + 1) * width > maxCells) return null;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === fresh[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  return lengths;
}
