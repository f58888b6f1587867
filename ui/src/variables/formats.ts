import type { VariableValue } from '../dashboard/model';
import { formatPattern } from '../format/dates';

/** What a variable stands for at a moment. */
export type VariableEntry = {
  name: string;
  value: VariableValue;
  /** What a person sees of the value. */
  text?: VariableValue;
  /** May hold several values, so that queries get an alternation of escaped ones. */
  isList?: boolean;
  /** The allValue of an author: goes into queries as it is. */
  isVerbatim?: boolean;
};

const asList = (value: VariableValue): readonly string[] => (Array.isArray(value) ? value : [value]);

export function escapeRegex(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
}

/** Everything but letters, digits, `-_.~` as `%XX`. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const globbed = (value: VariableValue) =>
  Array.isArray(value) && value.length > 1 ? `{${value.join(',')}}` : asList(value).join(',');

const htmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeLucene(text: string): string {
  return text.replace(/[!*+\-=<>\s&|()[\]{}^~?:\\/"]/g, '\\$&');
}

type Format = (value: VariableValue, entry: VariableEntry, args: readonly string[]) => string;

const formats: Record<string, Format> = {
  glob: globbed,
  raw: (value) => asList(value).join(','),
  csv: (value) => asList(value).join(','),
  pipe: (value) => asList(value).join('|'),
  regex: (value) => {
    if (!Array.isArray(value)) return escapeRegex(value);
    const escaped = value.map(escapeRegex);
    return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
  },
  json: (value) => JSON.stringify(value),
  lucene: (value) => {
    if (!Array.isArray(value)) return escapeLucene(value);
    if (value.length === 0) return '__empty__';
    return `(${value.map((one) => `"${escapeLucene(one)}"`).join(' OR ')})`;
  },
  distributed: (value, { name }) =>
    asList(value)
      .map((one, index) => (index === 0 ? one : `${name}=${one}`))
      .join(','),
  singlequote: (value) => quoted(value, "'", "\\'"),
  doublequote: (value) => quoted(value, '"', '\\"'),
  sqlstring: (value) => quoted(value, "'", "''"),
  html: (value) =>
    asList(value)
      .map((one) => one.replace(/[&<>"']/g, (character) => htmlEntities[character]!))
      .join(', '),
  percentencode: (value) => percentEncoded(globbed(value)),
  uriencode: (value) => encodeURI(globbed(value)),
  queryparam: (value, { name }) =>
    asList(value)
      .map((one) => `var-${percentEncoded(name)}=${percentEncoded(one)}`)
      .join('&'),
  customqueryparam: (value, { name }, [parameter = name, prefix = '']) =>
    asList(value)
      .map((one) => `${percentEncoded(parameter)}=${percentEncoded(prefix + one)}`)
      .join('&'),
  text: (value, { text }) => asList(text ?? value).join(' + '),
  join: (value, _, [separator = ',']) => asList(value).join(separator),
  date: (value, _, args) => formatDate(asList(value)[0] ?? '', args.join(':')),
};

function quoted(value: VariableValue, quote: string, escaped: string): string {
  return asList(value)
    .map((one) => quote + one.replaceAll(quote, escaped) + quote)
    .join(',');
}

function formatDate(value: string, pattern: string): string {
  const milliseconds = Number(value);
  if (!Number.isFinite(milliseconds)) return 'NaN';
  if (pattern === '' || pattern === 'iso') return new Date(milliseconds).toISOString();
  if (pattern === 'seconds') return String(Math.round(milliseconds / 1000));
  return formatPattern(milliseconds, pattern, 'utc');
}

/** Formats a value as `${name:format}` asks for; what no one knows is written like `glob`. */
export function formatValue(entry: VariableEntry, format: string): string {
  const [id = '', ...args] = format.split(':');
  return (formats[id] ?? globbed)(entry.value, entry, args);
}

export const formatIds: readonly string[] = Object.keys(formats);
