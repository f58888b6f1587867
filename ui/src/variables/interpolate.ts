import { escapeRegex, formatValue, type VariableEntry } from './formats';

/** Finds what a name stands for. `path` is what follows it: `labels.pod` of `${__field.labels.pod}`. */
export type Lookup = (name: string, path: string) => VariableEntry | undefined;

/** Where in a text a variable stands, for formats that depend on it. */
export type Place = { text: string; offset: number };

/** Formats variables that name no format themselves. */
export type DefaultFormat = string | ((entry: VariableEntry, place: Place) => string);

const pattern = /\$(\w+)|\[\[(\w+?)(?::([\w:.-]+))?\]\]|\$\{(\w+)((?:\.|\[)[^:}]*)?(?::([^}]+))?\}/g;

/** Puts variables into a text: `$v`, `${v}`, `${v:format}`, `${v.path}`, `[[v]]`. Names that nobody knows stay as they are. */
export function interpolate(text: string, lookup: Lookup, format: DefaultFormat = 'glob'): string {
  if (!text || !mayMention(text)) return text ?? '';
  return text.replace(
    pattern,
    (
      whole: string,
      bare: string | undefined,
      squared: string | undefined,
      squaredFormat: string | undefined,
      braced: string | undefined,
      path: string | undefined,
      bracedFormat: string | undefined,
      offset: number,
    ) => {
      const entry = lookup((bare ?? squared ?? braced)!, path?.replace(/^\./, '') ?? '');
      if (!entry) return whole;
      const named = squaredFormat ?? bracedFormat;
      if (named !== undefined) {
        if (!entry.isVerbatim || /^(text|percentencode|queryparam)/.test(named))
          return formatValue(entry, named);
      }
      if (entry.isVerbatim) return String(entry.value);
      return typeof format === 'string' ? formatValue(entry, format) : format(entry, { text, offset });
    },
  );
}

/** `interpolate` over all strings of a value. The same value where there is none. */
export function interpolateDeep<T>(value: T, replace: (text: string) => string): T {
  if (typeof value === 'string') return replace(value) as T;
  if (Array.isArray(value)) return value.map((item) => interpolateDeep(item, replace)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolateDeep(item, replace)]),
  ) as T;
}

function mayMention(text: string): boolean {
  return text.includes('$') || text.includes('[[');
}

/** The names that a text mentions, each once. */
export function mentionedNames(text: string): string[] {
  if (!mayMention(text)) return [];
  const names = [...text.matchAll(pattern)].map(
    ([, bare, squared, , braced]) => (bare ?? squared ?? braced)!,
  );
  return [...new Set(names)];
}

/** The names that all strings of a value mention. */
export function mentionedDeep(value: unknown): string[] {
  return typeof value === 'string' ? mentionedNames(value) : mentionedNames(JSON.stringify(value) ?? '');
}

/** Which quote the text is within at an offset, as PromQL and SQL see it; comments are not looked at. */
export function quoteAt(text: string, offset: number): '' | '"' | "'" | '`' {
  let quote: '' | '"' | "'" | '`' = '';
  for (let i = 0; i < offset; i++) {
    const character = text[i];
    if (quote === '') {
      if (character === '"' || character === "'" || character === '`') quote = character;
    } else if (character === '\\' && quote !== '`') i++;
    else if (character === quote) quote = '';
  }
  return quote;
}

/**
 * How variables go into PromQL and LogQL: several values become an alternation of
 * escaped ones, and what stands within a string cannot end it.
 */
export function promqlFormat(entry: VariableEntry, { text, offset }: Place): string {
  const { value, isList } = entry;
  const values = Array.isArray(value) ? value : [value];
  const escaped = isList ? values.map(escapeRegex) : values;
  const joined = escaped.length === 1 ? escaped[0]! : isList ? `(${escaped.join('|')})` : escaped.join(',');
  const quote = quoteAt(text, offset);
  if (quote === '' || quote === '`') return joined;
  return joined.replace(/[\\\n"']/g, (character) => {
    if (character === '\n') return '\\n';
    return character === '\\' || character === quote ? `\\${character}` : character;
  });
}
