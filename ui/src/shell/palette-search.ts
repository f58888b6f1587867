/**
 * How well `text` answers `wanted`; 0 is not at all. Words may come in any
 * order and match within words; a match at a word's beginning counts more, and
 * letters that only follow each other count least.
 */
export function matchScore(wanted: string, text: string): number {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const lower = text.toLowerCase();
  let score = 0;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at === 0) score += lower.length === word.length ? 120 : 100;
    else if (at > 0) score += isWordStart(lower, at) ? 80 : 50;
    else if (word.length > 2 && isSubsequence(word, lower)) score += 10;
    else return 0;
  }
  // Of two equal matches the shorter name is the likelier.
  return score / words.length - Math.min(text.length, 90) / 10;
}

export function bestMatches<T>(
  wanted: string,
  items: readonly T[],
  text: (item: T) => string,
  limit: number,
): T[] {
  if (wanted.trim() === '') return items.slice(0, limit);
  return items
    .map((item) => ({ item, score: matchScore(wanted, text(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ item }) => item);
}

function isWordStart(text: string, at: number): boolean {
  return /[^a-z0-9]/.test(text[at - 1]!);
}

function isSubsequence(word: string, text: string): boolean {
  let at = 0;
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
