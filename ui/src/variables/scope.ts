import type { VariableEntry } from './formats';
import type { Lookup } from './interpolate';

/** Variables that only a part of a dashboard sees: what a repeat runs over. */
export type Scope = Readonly<Record<string, VariableEntry>>;

export const emptyScope: Scope = Object.freeze({});

/** Looks into the scope first. */
export function withScope(scope: Scope, outer: Lookup): Lookup {
  return (name, path) => {
    const entry = Object.hasOwn(scope, name) ? scope[name] : undefined;
    if (!entry) return outer(name, path);
    return path === 'text' ? { ...entry, value: entry.text ?? entry.value } : entry;
  };
}

/** Looks among loose values first: `__value.raw` by its whole name, `__field.labels.x` by its way into objects. */
export function withValues(values: Record<string, unknown>, outer: Lookup): Lookup {
  return (name, path) => {
    const whole = path ? `${name}.${path}` : name;
    let found: unknown = Object.hasOwn(values, whole) ? values[whole] : undefined;
    if (found === undefined && Object.hasOwn(values, name))
      found = path ? at(values[name], path) : values[name];
    if (found === undefined || found === null) return outer(name, path);
    if (Array.isArray(found)) return { name, value: found.map(String) };
    return { name, value: typeof found === 'object' ? JSON.stringify(found) : String(found) };
  };
}

/** Goes along `a.b["c d"][0]`. */
function at(value: unknown, path: string): unknown {
  let current: unknown = value;
  for (const [, plain, quoted] of path.matchAll(/([^.[\]"']+)|\[["']([^"']*)["']\]/g)) {
    const key = plain ?? quoted!;
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}
