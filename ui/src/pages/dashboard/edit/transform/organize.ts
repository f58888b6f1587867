import { isValues } from '../form/path';

/** The options of `organize` as rows in the order in which they are shown. */
export type OrganizedField = { name: string; isHidden: boolean; newName: string };

export function organizedFields(
  options: Record<string, unknown>,
  names: readonly string[],
): OrganizedField[] {
  const hidden = isValues(options.excludeByName) ? options.excludeByName : {};
  const order = isValues(options.indexByName) ? options.indexByName : {};
  const renamed = isValues(options.renameByName) ? options.renameByName : {};
  const place = (name: string) => {
    const at = order[name];
    return typeof at === 'number' ? at : Number.MAX_SAFE_INTEGER;
  };
  return [...new Set(names)]
    .map((name, at) => ({ name, at }))
    .sort((a, b) => place(a.name) - place(b.name) || a.at - b.at)
    .map(({ name }) => ({
      name,
      isHidden: hidden[name] === true,
      newName: typeof renamed[name] === 'string' ? renamed[name] : '',
    }));
}

/** Back into options; what is said of fields that are not there now stays. */
export function organizeOptions(
  options: Record<string, unknown>,
  fields: readonly OrganizedField[],
): Record<string, unknown> {
  const excludeByName: Record<string, unknown> = isValues(options.excludeByName)
    ? { ...options.excludeByName }
    : {};
  const renameByName: Record<string, unknown> = isValues(options.renameByName)
    ? { ...options.renameByName }
    : {};
  const indexByName: Record<string, unknown> = isValues(options.indexByName)
    ? { ...options.indexByName }
    : {};
  fields.forEach(({ name, isHidden, newName }, at) => {
    if (isHidden) excludeByName[name] = true;
    else delete excludeByName[name];
    if (newName !== '') renameByName[name] = newName;
    else delete renameByName[name];
    indexByName[name] = at;
  });
  return { ...options, excludeByName, indexByName, renameByName };
}
