export type TokenKind =
  | 'key'
  | 'string'
  | 'number'
  | 'keyword'
  | 'comment'
  | 'punctuation'
  | 'secret'
  | 'plain';

export type Token = { kind: TokenKind; text: string };

const quoted = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^']|'')*'`;
const keyPattern = new RegExp(
  `^((?:${quoted}|[^\\s"'#\\[\\]{},&*!|>%@-][^#:]*?|-[^\\s:][^#:]*?))(\\s*:)(?=\\s|$)`,
);
const valuePattern = new RegExp(`${quoted}|[\\[\\]{},]|[^\\s\\[\\]{},"']+|["']|\\s+`, 'g');

/**
 * Colours YAML as servers print it, line by line: enough to read by, not a
 * parser. Block scalars are strings to their end.
 */
export function tokenizeYAML(yaml: string): Token[][] {
  let block: number | null = null;
  return yaml
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      if (block !== null) {
        if (line.trim() === '' || indent > block) return [{ kind: 'string', text: line }];
        block = null;
      }
      const tokens = tokenizeLine(line);
      const last = tokens.findLast(({ kind, text }) => kind !== 'comment' && text.trim() !== '');
      if (last && /^[|>][+-]?\d?$/.test(last.text)) block = indent;
      return tokens;
    });
}

function tokenizeLine(line: string): Token[] {
  const tokens: Token[] = [];
  const [, lead = '', dashes = ''] = /^(\s*)((?:-\s+)*(?:-$)?)/.exec(line) ?? [];
  if (lead) tokens.push({ kind: 'plain', text: lead });
  if (dashes) tokens.push({ kind: 'punctuation', text: dashes });
  let rest = line.slice(lead.length + dashes.length);
  const key = keyPattern.exec(rest);
  if (key) {
    tokens.push({ kind: 'key', text: key[1]! }, { kind: 'punctuation', text: key[2]! });
    rest = rest.slice(key[0].length);
  }
  const comment = /(?:^|\s)#/.exec(rest.replace(new RegExp(quoted, 'g'), (text) => '_'.repeat(text.length)));
  const at = comment ? comment.index + comment[0].length - 1 : rest.length;
  tokens.push(...tokenizeValue(rest.slice(0, at)));
  if (comment) tokens.push({ kind: 'comment', text: rest.slice(at) });
  return tokens;
}

function tokenizeValue(value: string): Token[] {
  const trimmed = value.trim();
  // A plain scalar is one thing, brackets or not, unless it begins as a list or map.
  if (trimmed !== '' && !/^[[{"']/.test(trimmed)) {
    const start = value.indexOf(trimmed);
    return [
      { kind: 'plain', text: value.slice(0, start) } as const,
      { kind: scalarKind(trimmed), text: trimmed },
      { kind: 'plain', text: value.slice(start + trimmed.length) } as const,
    ].filter(({ text }) => text !== '');
  }
  return (value.match(valuePattern) ?? []).map((text) => ({
    kind: /^[[\]{},]$/.test(text) ? 'punctuation' : text.trim() === '' ? 'plain' : scalarKind(text),
    text,
  }));
}

function scalarKind(text: string): TokenKind {
  if (/^["']/.test(text)) return 'string';
  if (text === '<secret>') return 'secret';
  if (/^(?:true|false|null|~|yes|no|on|off|[|>][+-]?\d?|[&*!].*)$/i.test(text)) return 'keyword';
  if (/^[-+]?[\d.]+(?:e[-+]?\d+)?(?:(?:ms|[smhdwy]|[KMGTPE]i?B|B)\d*)*$/i.test(text) && /\d/.test(text))
    return 'number';
  return 'string';
}

export type Piece = Token & { isMatch: boolean };

/** Tokens cut where the needle begins and ends. */
export function markMatches(tokens: readonly Token[], needle: string): Piece[] {
  if (needle === '') return tokens.map((token) => ({ ...token, isMatch: false }));
  const line = tokens.map(({ text }) => text).join('');
  const ranges = matchRanges(line, needle);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { kind, text } of tokens) {
    const end = at + text.length;
    let from = at;
    for (const [start, stop] of ranges) {
      if (stop <= from || start >= end) continue;
      if (start > from) pieces.push({ kind, text: line.slice(from, start), isMatch: false });
      pieces.push({ kind, text: line.slice(Math.max(start, from), Math.min(stop, end)), isMatch: true });
      from = Math.min(stop, end);
    }
    if (from < end) pieces.push({ kind, text: line.slice(from, end), isMatch: false });
    at = end;
  }
  return pieces;
}

function matchRanges(line: string, needle: string): [start: number, end: number][] {
  const haystack = line.toLowerCase();
  const wanted = needle.toLowerCase();
  const ranges: [number, number][] = [];
  for (let at = haystack.indexOf(wanted); at >= 0; at = haystack.indexOf(wanted, at + wanted.length)) {
    ranges.push([at, at + wanted.length]);
  }
  return ranges;
}

/** Numbers, from 1, of the lines that have the needle. */
export function matchingLines(lines: readonly string[], needle: string): number[] {
  const wanted = needle.toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index + 1] : []));
}

export type OutlineEntry = { label: string; line: number; depth: 0 | 1 };

/** Where the sections begin, and the jobs and groups in them. */
export function outline(lines: readonly string[]): OutlineEntry[] {
  return lines.flatMap((line, index): OutlineEntry[] => {
    const section = /^([\w-]+):/.exec(line);
    if (section) return [{ label: section[1]!, line: index + 1, depth: 0 }];
    const named = /^\s{0,2}- (?:job_name|name): (.+)$/.exec(line);
    return named ? [{ label: named[1]!.replace(/^["']|["']$/g, ''), line: index + 1, depth: 1 }] : [];
  });
}
