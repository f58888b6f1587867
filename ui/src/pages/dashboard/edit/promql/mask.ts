/**
 * Dashboard variables stand where PromQL's grammar knows none. For parsing each
 * is replaced by a word or a duration that nothing else can be, and put back in
 * what the parser found. Inside of strings they stay as they are.
 */
export type Masked = { text: string; unmask(part: string): string };

const token =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|\$\{[^}]*\}|\$[a-zA-Z_]\w*|\[\[[^\]]*\]\]|[[\]]/g;

export function maskQuery(expr: string): Masked {
  const originals: string[] = [];
  let depth = 0;
  const text = expr.replace(token, (found, offset: number) => {
    if (found === '[') {
      depth++;
      return found;
    }
    if (found === ']') {
      depth--;
      return found;
    }
    if (!found.startsWith('$') && !found.startsWith('[[')) return found;
    originals.push(found);
    const place = originals.length - 1;
    const isDuration = depth > 0 || /\boffset\s+-?$/.test(expr.slice(0, offset));
    return isDuration ? `${900_000_001 + place}s` : `__masked_${place}__`;
  });
  return {
    text,
    unmask: (part) =>
      part
        .replace(/9\d{8}s/g, (duration) => originals[Number(duration.slice(0, -1)) - 900_000_001] ?? duration)
        .replace(/__masked_(\d+)__/g, (whole, place: string) => originals[Number(place)] ?? whole),
  };
}
