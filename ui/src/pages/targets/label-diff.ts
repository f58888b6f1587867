import type { Labels } from '../../api/types';

export type LabelChange = 'same' | 'changed' | 'added' | 'removed';

export type LabelDifference = {
  name: string;
  change: LabelChange;
  before?: string;
  after?: string;
  /** Begins with `__`: steers discovery and scrape, never stored. */
  isInternal: boolean;
};

const order: Record<LabelChange, number> = { changed: 0, added: 1, removed: 2, same: 3 };

/** What became of every label; changes first, internal labels last, then by name. */
export function diffLabels(before: Labels, after: Labels): LabelDifference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .map((name): LabelDifference => {
      const was = before[name];
      const is = after[name];
      const change =
        was === undefined ? 'added' : is === undefined ? 'removed' : was === is ? 'same' : 'changed';
      return { name, change, before: was, after: is, isInternal: name.startsWith('__') };
    })
    .sort(
      (a, b) =>
        Number(a.isInternal) - Number(b.isInternal) ||
        order[a.change] - order[b.change] ||
        (a.name < b.name ? -1 : 1),
    );
}

/** Labels that every discovered target has and that seldom tell anything: the scrape's own settings. */
export function isSetting(name: string): boolean {
  return /^__(?:scrape_|always_scrape_|convert_classic_|metrics_path__|scheme__)/.test(name);
}

/** Labels as pairs: those that tell targets apart first, `__` last. */
export function sortedLabels(labels: Labels): [name: string, value: string][] {
  const rank = (name: string) =>
    name === '__address__' ? 0 : name === 'instance' ? 1 : name === 'job' ? 2 : isSetting(name) ? 4 : 3;
  return Object.entries(labels).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
