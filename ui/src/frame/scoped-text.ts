/**
 * The variables that a field, a row or a value lends to a text: `${__field.labels.x}`,
 * `${__series.name}`, `${__value.text}`, `${__data.fields["Name"]}`, `${__data.fields[0].text}`.
 */
export type TextScope = {
  field?: { name: string; displayName: string; labels: Record<string, string> };
  seriesName?: string;
  value?: { raw: unknown; text: string; numeric: number; time?: number };
  /** The row's values by the field's name and by its place. */
  row?: (nameOrIndex: string | number) => { raw: unknown; text: string; numeric: number } | undefined;
  /** Milliseconds; for `${__from}` and the like these are the dashboard's own. */
  extra?: Record<string, string>;
};

const pattern =
  /\$\{(__(?:field|series|value|data|cell)[^}:"']*(?:(?:"[^"]*"|'[^']*')[^}:"']*)*)(?::(\w+))?\}|\$(__cell(?:_\d+)?)\b/g;

export function mentionsScope(text: string): boolean {
  return text.includes('${__') || text.includes('$__cell');
}

type Part = { raw: unknown; text: string; numeric: number };

function partOf(found: Part | undefined, property: string): unknown {
  if (!found) return '';
  return property === 'text' ? found.text : property === 'numeric' ? found.numeric : found.raw;
}

/** `labels.pod`, `labels["my.label"]` → `pod`, `my.label`. */
function keyAfter(path: string, head: string): string | undefined {
  if (!path.startsWith(head)) return undefined;
  const rest = path.slice(head.length);
  const quoted = /^\[(?:"([^"]*)"|'([^']*)'|([^\]]*))\]/.exec(rest);
  if (quoted) return quoted[1] ?? quoted[2] ?? quoted[3];
  return rest.startsWith('.') ? rest.slice(1) : undefined;
}

function resolve(name: string, scope: TextScope): unknown {
  const { field, value, row } = scope;
  if (name.startsWith('__field')) {
    const path = name.slice('__field.'.length);
    if (!field) return undefined;
    if (path === '' || path === 'displayName') return field.displayName;
    if (path === 'name') return field.name;
    if (path === 'labels') {
      return Object.entries(field.labels)
        .map(([label, text]) => `${label}="${text}"`)
        .join(', ');
    }
    const label = keyAfter(path, 'labels');
    return label === undefined ? undefined : (field.labels[label] ?? '');
  }
  if (name.startsWith('__series')) return scope.seriesName;
  if (name.startsWith('__value')) {
    const property = name.slice('__value.'.length);
    return property === 'time' ? value?.time : value && partOf(value, property);
  }
  const place = /^__cell(?:_(\d+))?(?:\[(\d+)\])?$/.exec(name);
  if (place) {
    const index = place[1] ?? place[2];
    return index === undefined ? value?.text : row && partOf(row(Number(index)), 'text');
  }
  if (!row || !name.startsWith('__data.fields')) return undefined;
  const path = name.slice('__data.fields'.length);
  const found = /^(?:\[(?:"([^"]*)"|'([^']*)'|(\d+)|([^\]]+))\]|\.([^.[]+))(?:\.(\w+))?$/.exec(path);
  if (!found) return undefined;
  const byIndex = found[3];
  const key = found[1] ?? found[2] ?? found[4] ?? found[5] ?? '';
  const property = found[6] ?? 'text';
  return partOf(row(byIndex === undefined ? key : Number(byIndex)), property === 'text' ? 'text' : property);
}

/** Puts them in; what the scope does not know stays as it is. */
export function fillScope(text: string, scope: TextScope): string {
  if (!mentionsScope(text)) return text;
  return text.replace(
    pattern,
    (whole, braced: string | undefined, format: string | undefined, cell: string) => {
      const found = resolve(braced ?? cell, scope);
      if (found === undefined) return whole;
      const written = found === null ? '' : String(found);
      if (format === 'percentencode' || format === 'uriencode') return encodeURIComponent(written);
      return written;
    },
  );
}
