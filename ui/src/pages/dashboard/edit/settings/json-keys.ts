import { jsonMistakeOffset } from './json-place';

/**
 * Sets keys of the outermost object of a JSON text, and leaves every other sign
 * of the text as it is: who edits JSON gets back what was written.
 */
export function withTopLevel(text: string, values: Record<string, string | number>): string {
  let result = text;
  for (const [key, value] of Object.entries(values)) {
    const found = findTopLevel(result, key);
    const written = JSON.stringify(value);
    if (found.value) {
      const { from, to } = found.value;
      if (result.slice(from, to) !== written) result = result.slice(0, from) + written + result.slice(to);
    } else {
      const comma = found.isEmpty ? '' : ',';
      result = `${result.slice(0, found.start)}\n  ${JSON.stringify(key)}: ${written}${comma}${result.slice(found.start)}`;
    }
  }
  return result;
}

type Found = { start: number; isEmpty: boolean; value: { from: number; to: number } | null };

function findTopLevel(text: string, key: string): Found {
  const start = text.indexOf('{') + 1;
  const isEmpty = /^\s*\}/.test(text.slice(start));
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
  tokens.lastIndex = start;
  let depth = 1;
  let isKey = true;
  let isWanted = false;
  let from = -1;
  let to = -1;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match;
    const isTop = depth === 1;
    if (isTop && token === ':') {
      isKey = false;
      continue;
    }
    if (isTop && (token === ',' || token === '}')) {
      if (isWanted && from >= 0) return { start, isEmpty, value: { from, to } };
      if (token === '}') break;
      isKey = true;
      continue;
    }
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (isTop && isKey) {
      isWanted = token === JSON.stringify(key);
      from = -1;
      continue;
    }
    if (!isWanted) continue;
    if (from < 0) from = match.index;
    to = match.index + token.length;
  }
  return { start, isEmpty, value: null };
}

/** Where a text is not JSON. */
export type JsonMistake = { message: string; offset: number; line: number; column: number };

export function jsonMistake(text: string): JsonMistake | null {
  try {
    JSON.parse(text);
    return null;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const offset = jsonMistakeOffset(text) ?? text.length;
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    return {
      message: said.replace(/^JSON\.parse: |\s*(in JSON)?\s*at (position|line) .*$/g, ''),
      offset,
      line,
      column,
    };
  }
}
