/** Values by dotted paths, as option descriptors name them. */
export type Values = Record<string, unknown>;

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function getPath(values: Values | undefined, path: string): unknown {
  let at: unknown = values;
  for (const key of path.split('.')) {
    if (!isValues(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** A copy with the value at the path; `undefined` takes it away. The rest stays the same objects. */
export function setPath(values: Values | undefined, path: string, value: unknown): Values {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const copy: Values = { ...values };
  if (rest.length > 0) {
    const inner = copy[key];
    copy[key] = setPath(isValues(inner) ? inner : {}, rest.join('.'), value);
  } else if (value === undefined) {
    delete copy[key];
  } else {
    copy[key] = value;
  }
  return copy;
}

/** Options as a plugin reads them: what is not set has the descriptor's default. */
export function withDefaults(
  values: Values | undefined,
  descriptors: readonly { path: string; defaultValue?: unknown }[],
): Values {
  let filled: Values = values ?? {};
  for (const { path, defaultValue } of descriptors) {
    if (defaultValue !== undefined && getPath(filled, path) === undefined) {
      filled = setPath(filled, path, defaultValue);
    }
  }
  return filled;
}
