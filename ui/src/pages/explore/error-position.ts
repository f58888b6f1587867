/** Where in an expression the server found a mistake, as offsets, and its words about it. */
export type LocatedError = { from: number; to: number; message: string };

/**
 * Reads `1:5: parse error: …` (line and column, both from 1, the column in
 * characters of the line) out of an API error; `null` when it names no place.
 */
export function locateError(expr: string, message: string): LocatedError | null {
  const match = /(?:^|[\s:])(\d+):(\d+): (?:parse error: )?([\s\S]*)$/.exec(message);
  if (!match) return null;
  const [line, column] = [Number(match[1]), Number(match[2])];
  const lines = expr.split('\n');
  if (line < 1 || line > lines.length) return null;
  let from = 0;
  for (let i = 0; i < line - 1; i++) from += lines[i]!.length + 1;
  from = Math.min(from + Math.max(0, column - 1), expr.length);
  const word = /^[\w:.]+|^\S/.exec(expr.slice(from));
  return { from, to: from + (word?.[0].length ?? 0), message: match[3]!.trim() };
}

/** The line of the mistake with what is before, at and after it, for showing beside the message. */
export function excerpt(expr: string, { from, to }: LocatedError): [string, string, string] {
  const start = expr.lastIndexOf('\n', from - 1) + 1;
  const newline = expr.indexOf('\n', from);
  const end = newline === -1 ? expr.length : newline;
  const stop = Math.min(to, end);
  return [expr.slice(start, from), expr.slice(from, stop), expr.slice(stop, end)];
}
