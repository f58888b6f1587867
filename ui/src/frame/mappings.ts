import type { MappingResult, ValueMapping } from '../dashboard/model';

/** `/a/i` or `a` as a regular expression; null where it is not one. */
export function regexOf(text: string, flags = ''): RegExp | null {
  const found = /^\/(.*)\/([a-z]*)$/s.exec(text);
  try {
    return found ? new RegExp(found[1]!, found[2]) : new RegExp(text, flags);
  } catch {
    return null;
  }
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
}

function specialMatches(match: string, value: unknown): boolean {
  switch (match) {
    // In a column of numbers NaN also stands for null.
    case 'null':
    case 'nan':
    case 'null+nan':
      return isMissing(value);
    case 'true':
      return value === true || value === 'true';
    case 'false':
      return value === false || value === 'false';
    case 'empty':
      return value === '';
    default:
      return false;
  }
}

/** What the first mapping that fits makes of a value. */
export function mapValue(mappings: readonly ValueMapping[], value: unknown): MappingResult | undefined {
  for (const mapping of mappings) {
    if (mapping.type === 'special') {
      if (specialMatches(mapping.options.match, value)) return mapping.options.result;
      continue;
    }
    if (isMissing(value)) continue;
    if (mapping.type === 'value') {
      const key = String(value);
      if (Object.hasOwn(mapping.options, key)) return mapping.options[key];
    } else if (mapping.type === 'range') {
      const { from, to, result } = mapping.options;
      const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
      if (Number.isNaN(number)) continue;
      const isAbove = from === null || from === undefined || number >= from;
      const isBelow = to === null || to === undefined || number <= to;
      if (isAbove && isBelow) return result;
    } else if (mapping.type === 'regex') {
      const text = String(value);
      const regex = regexOf(mapping.options.pattern);
      if (!regex?.test(text)) continue;
      regex.lastIndex = 0;
      const { result } = mapping.options;
      return result.text === undefined ? result : { ...result, text: text.replace(regex, result.text) };
    }
  }
  return undefined;
}
