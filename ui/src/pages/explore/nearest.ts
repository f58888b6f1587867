/** The names most like `name`, best first: same words in another order, a typo, a part of it. */
export function nearestNames(name: string, known: readonly string[], limit = 3): string[] {
  const wanted = name.toLowerCase();
  const wantedWords = words(wanted);
  const scored: { candidate: string; score: number }[] = [];
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    if (other === wanted && candidate === name) continue;
    const score = similarity(wanted, wantedWords, other);
    if (score >= 0.5) scored.push({ candidate, score });
  }
  scored.sort((a, b) => b.score - a.score || a.candidate.length - b.candidate.length);
  return scored.slice(0, limit).map(({ candidate }) => candidate);
}

function words(name: string): string[] {
  return name.split(/[_:.]+/).filter(Boolean);
}

/** 1 is equal, 0 has nothing in common. */
function similarity(wanted: string, wantedWords: string[], other: string): number {
  if (other.startsWith(wanted) || wanted.startsWith(other)) {
    return 0.6 + (0.4 * Math.min(wanted.length, other.length)) / Math.max(wanted.length, other.length);
  }
  const otherWords = words(other);
  const shared = wantedWords.filter((word) => otherWords.includes(word)).length;
  const byWords = (2 * shared) / (wantedWords.length + otherWords.length || 1);
  const longest = Math.max(wanted.length, other.length);
  // Too unlike in length for a typo: spares the quadratic comparison.
  if (Math.abs(wanted.length - other.length) > longest / 2) return byWords;
  const byLetters = 1 - editDistance(wanted, other) / longest;
  return Math.max(byWords * 0.95, byLetters);
}

/** Insertions, deletions, replacements and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
