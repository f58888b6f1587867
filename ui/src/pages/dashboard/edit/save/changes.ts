import type { Dashboard, Panel } from '../../../../dashboard/model';

/**
 * What differs between two dashboards, in words that name panels and paths. A
 * value is written as JSON, shortened; `null` where there is none.
 */
export type Difference = { where: string; path: string; before: string | null; after: string | null };

const longestValue = 160;
const mostDifferences = 400;

export function differences(before: Dashboard, after: Dashboard): Difference[] {
  const found: Difference[] = [];
  const { panels: oldPanels, version: _, ...oldRest } = before;
  const { panels: newPanels, version: __, ...newRest } = after;
  compare('', '', oldRest, newRest, found);
  const oldById = panelsById(oldPanels);
  const newById = panelsById(newPanels);
  for (const [id, panel] of oldById) {
    const now = newById.get(id);
    if (!now) found.push({ where: nameOf(panel), path: '', before: short(panel), after: null });
    else if (now !== panel) compare(nameOf(now), '', withoutInner(panel), withoutInner(now), found);
  }
  for (const [id, panel] of newById) {
    if (!oldById.has(id)) found.push({ where: nameOf(panel), path: '', before: null, after: short(panel) });
  }
  return found.slice(0, mostDifferences);
}

function panelsById(panels: readonly Panel[]): Map<number, Panel> {
  return new Map(
    panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).map((panel) => [panel.id, panel]),
  );
}

function withoutInner({ panels, ...rest }: Panel): Record<string, unknown> {
  return rest;
}

function nameOf({ title, id, type }: Panel): string {
  return title ? `${title} (#${id})` : `${type} #${id}`;
}

function compare(where: string, path: string, before: unknown, after: unknown, found: Difference[]): void {
  if (before === after || found.length >= mostDifferences) return;
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(where, path ? `${path}.${key}` : key, before[key], after[key], found);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].some(isObject)) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) {
      compare(where, `${path}[${labelOf(after[at] ?? before[at], at)}]`, before[at], after[at], found);
    }
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  found.push({
    where,
    path,
    before: before === undefined ? null : short(before),
    after: after === undefined ? null : short(after),
  });
}

/** Entries of lists that have a name of their own are called by it. */
function labelOf(entry: unknown, at: number): string {
  if (!isObject(entry)) return String(at);
  for (const key of ['refId', 'name', 'title', 'id']) {
    const value = entry[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return String(at);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const written = JSON.stringify(value) ?? '';
  return written.length > longestValue ? `${written.slice(0, longestValue)}…` : written;
}

/** Only what was chosen while looking: the time range, or values of variables. */
export function isViewState({ path }: Difference): boolean {
  return (
    path.startsWith('time.') ||
    path === 'refresh' ||
    /^templating\.list\[[^\]]*\]\.(current|options)/.test(path)
  );
}
