import type { SearchHit } from '../../api/dashboards';

export type Sorting = 'name' | 'name-desc' | 'folder';

export type ListingFilter = {
  search: string;
  tags: readonly string[];
  isStarred: boolean;
  /** Of the folder that is open; empty at the top. */
  folderUid: string;
  sorting: Sorting;
};

export type Listing = { folders: SearchHit[]; dashboards: SearchHit[] };

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** What the list shows: one folder's content, or, with a search, whatever fits in it and below. */
export function listingOf(hits: readonly SearchHit[], filter: ListingFilter): Listing {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const isFiltered = words.length > 0 || filter.tags.length > 0 || filter.isStarred;
  const fits = (hit: SearchHit) => {
    const text = `${hit.title} ${hit.folderTitle ?? ''}`.toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      filter.tags.every((tag) => hit.tags.includes(tag)) &&
      (!filter.isStarred || hit.isStarred)
    );
  };
  const within = foldersWithin(hits, filter.folderUid);
  const isInside = (hit: SearchHit) =>
    isFiltered
      ? filter.folderUid === '' || within.has(hit.folderUid ?? '')
      : (hit.folderUid ?? '') === filter.folderUid;
  const shown = hits.filter((hit) => isInside(hit) && fits(hit));
  const byName = (a: SearchHit, b: SearchHit) => collator.compare(a.title, b.title);
  const compare = {
    name: byName,
    'name-desc': (a: SearchHit, b: SearchHit) => byName(b, a),
    folder: (a: SearchHit, b: SearchHit) =>
      collator.compare(a.folderTitle ?? '', b.folderTitle ?? '') || byName(a, b),
  }[filter.sorting];
  return {
    folders: shown
      .filter(({ type }) => type === 'dash-folder')
      .filter(() => filter.tags.length === 0 && !filter.isStarred)
      .sort(compare),
    dashboards: shown.filter(({ type }) => type === 'dash-db').sort(compare),
  };
}

/** The folder and all below it. */
function foldersWithin(hits: readonly SearchHit[], uid: string): Set<string> {
  const within = new Set([uid]);
  let size = 0;
  while (size !== within.size) {
    size = within.size;
    for (const hit of hits) {
      if (hit.type === 'dash-folder' && within.has(hit.folderUid ?? '')) within.add(hit.uid);
    }
  }
  return within;
}

/** All tags, with how many dashboards have each, the frequent ones first. */
export function tagCounts(hits: readonly SearchHit[]): { tag: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { tags } of hits) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || collator.compare(a.tag, b.tag));
}

/** How many dashboards a folder holds, those of folders in it counted in. */
export function countIn(hits: readonly SearchHit[], folderUid: string): number {
  const within = foldersWithin(hits, folderUid);
  return hits.filter(({ type, folderUid: own }) => type === 'dash-db' && within.has(own ?? '')).length;
}

/** From the top to the folder. */
export function wayTo(hits: readonly SearchHit[], folderUid: string): SearchHit[] {
  const way: SearchHit[] = [];
  let uid: string | undefined = folderUid;
  while (uid && way.length < 20) {
    const folder = hits.find((hit) => hit.type === 'dash-folder' && hit.uid === uid);
    if (!folder) break;
    way.unshift(folder);
    uid = folder.folderUid;
  }
  return way;
}
