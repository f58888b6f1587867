/**
 * Finds the first place where a text stops being JSON. Browsers say what is
 * wrong, but not all say where.
 */
export function jsonMistakeOffset(text: string): number | null {
  const space = /[ \t\n\r]*/y;
  const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  let at = 0;
  const skip = () => {
    space.lastIndex = at;
    space.exec(text);
    at = space.lastIndex;
  };
  /** Answers where the string is wrong, or null with `at` behind it. */
  const string = (): number | null => {
    const start = at;
    for (at++; at < text.length; at++) {
      const sign = text[at]!;
      if (sign === '"') {
        at++;
        return null;
      }
      if (sign < ' ') return at;
      if (sign !== '\\') continue;
      const escaped = text[at + 1];
      if (
        escaped === 'u'
          ? !/^[\da-fA-F]{4}$/.test(text.slice(at + 2, at + 6))
          : !'"\\/bfnrt'.includes(escaped ?? 'x')
      ) {
        return at;
      }
      at++;
    }
    return at >= text.length ? text.length : start;
  };
  const open: ('{' | '[')[] = [];
  // What may come now: a value, the key of an object, or what follows a value.
  let wants: 'value' | 'key' | 'after' = 'value';
  let mayClose = false;
  for (;;) {
    skip();
    const sign = text[at];
    if (wants === 'after') {
      const inner = open.at(-1);
      if (inner === undefined) return at < text.length ? at : null;
      if (sign === ',') {
        at++;
        wants = inner === '{' ? 'key' : 'value';
        mayClose = false;
      } else if (sign === (inner === '{' ? '}' : ']')) {
        at++;
        open.pop();
      } else return at;
      continue;
    }
    if (mayClose && sign === (open.at(-1) === '{' ? '}' : ']')) {
      at++;
      open.pop();
      wants = 'after';
      mayClose = false;
      continue;
    }
    mayClose = false;
    if (wants === 'key') {
      if (sign !== '"') return at;
      const wrong = string();
      if (wrong !== null) return wrong;
      skip();
      if (text[at] !== ':') return at;
      at++;
      wants = 'value';
      continue;
    }
    if (sign === '{' || sign === '[') {
      open.push(sign);
      at++;
      wants = sign === '{' ? 'key' : 'value';
      mayClose = true;
      continue;
    }
    if (sign === '"') {
      const wrong = string();
      if (wrong !== null) return wrong;
    } else {
      literal.lastIndex = at;
      const found = literal.exec(text);
      if (!found || /[\w.+-]/.test(text[literal.lastIndex] ?? '')) return at;
      at = literal.lastIndex;
    }
    wants = 'after';
  }
}
