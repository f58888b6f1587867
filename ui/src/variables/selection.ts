import { allText, allValue, type Option } from './options';

/** What a list of choices offers: All first where there is one, then what fits the search. */
export function offered(
  options: readonly Option[],
  includesAll: boolean,
  search: string,
  mayBeCustom: boolean,
): Option[] {
  const wanted = search.trim().toLowerCase();
  const all = includesAll ? [{ text: allText, value: allValue }, ...options] : [...options];
  if (wanted === '') return all;
  const fitting = all.filter(({ text }) => text.toLowerCase().includes(wanted));
  // What begins with it comes first; otherwise the order stays.
  const begins = ({ text }: Option) => (text.toLowerCase().startsWith(wanted) ? 0 : 1);
  fitting.sort((a, b) => begins(a) - begins(b));
  const isThere = fitting.some(({ text, value }) => text === search.trim() || value === search.trim());
  if (mayBeCustom && !isThere) fitting.push({ text: search.trim(), value: search.trim() });
  return fitting;
}

/** A choice of several taken or given back; All and single ones exclude each other. */
export function toggled(chosen: readonly string[], value: string): string[] {
  if (value === allValue) return chosen.includes(allValue) ? [] : [allValue];
  const others = chosen.filter((one) => one !== allValue && one !== value);
  return chosen.includes(value) ? others : [...others, value];
}

/** Which rows of a long list are drawn. */
export function visibleRows(
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 5);
  return { first, last: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + 5) };
}
