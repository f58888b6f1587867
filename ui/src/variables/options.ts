import type { Variable } from '../dashboard/model';

/** One choice of a variable. */
export type Option = { text: string; value: string };

/** The choice that stands for all others. */
export const allValue = '$__all';
export const allText = 'All';

/** `a, b, Name : value`, with `\,` for a comma. */
export function parseCustom(query: string): Option[] {
  const items = query.match(/(?:\\,|[^,])+/g) ?? [];
  return items.map((item) => {
    const plain = item.replaceAll('\\,', ',').trim();
    const named = /^(.+?)\s:\s(.+)$/.exec(plain);
    return named ? { text: named[1]!.trim(), value: named[2]!.trim() } : { text: plain, value: plain };
  });
}

/** Choices of an interval variable: separated by commas, quoted ones as they are. */
export function parseIntervals(query: string): string[] {
  return (query.match(/(["'])(.*?)\1|[^\s,][^,]*/g) ?? [])
    .map((item) => item.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .filter((item) => item !== '');
}

/** Reads `/pattern/flags` or a bare pattern; `null` where there is none. Throws on a wrong one. */
export function readRegex(text: string | undefined): RegExp | null {
  if (!text) return null;
  const slashed = /^\/(.*)\/([gimsuy]*)$/s.exec(text);
  return slashed ? new RegExp(slashed[1]!, slashed[2]!.replace(/[gy]/g, '')) : new RegExp(`^${text}$`);
}

/**
 * Keeps the values that match, and of them what the groups take: those named
 * `text` and `value`, otherwise the first.
 */
export function applyRegex(options: readonly Option[], regex: RegExp | null): Option[] {
  if (!regex) return [...options];
  const kept: Option[] = [];
  for (const option of options) {
    const match = regex.exec(option.text === option.value ? option.value : option.text);
    if (!match) continue;
    const named = match.groups;
    if (named && (named.value !== undefined || named.text !== undefined)) {
      const value = named.value ?? named.text!;
      kept.push({ value, text: named.text ?? value });
    } else if (match.length > 1 && match[1] !== undefined) {
      kept.push({ text: match[1], value: match[1] });
    } else kept.push(option);
  }
  return kept;
}

const firstNumber = (text: string) => Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0] ?? Number.NaN);
const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Sorts as `Variable.sort` says. */
export function sortOptions(options: readonly Option[], sort: number | undefined): Option[] {
  if (!sort) return [...options];
  const compare = comparison(Math.ceil(sort / 2));
  const sorted = [...options].sort(compare);
  return sort % 2 === 0 ? sorted.reverse() : sorted;
}

function comparison(kind: number): (a: Option, b: Option) => number {
  switch (kind) {
    case 2:
      return (a, b) => {
        const [x, y] = [firstNumber(a.text), firstNumber(b.text)];
        if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : -1) : 1;
        return x - y;
      };
    case 3:
      return (a, b) => compareText(a.text.toLowerCase(), b.text.toLowerCase());
    case 4:
      return (a, b) => natural.compare(a.text, b.text);
    default:
      return (a, b) => compareText(a.text, b.text);
  }
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Values each once, in their order. */
export function distinct(options: readonly Option[]): Option[] {
  const seen = new Set<string>();
  return options.filter(({ value }) => !seen.has(value) && seen.add(value));
}

/** What came from a source, as the variable wants it. Throws on a wrong regex. */
export function refine(
  options: readonly Option[],
  variable: Pick<Variable, 'sort'>,
  regex: string | undefined,
): Option[] {
  return sortOptions(distinct(applyRegex(options, readRegex(regex))), variable.sort);
}
