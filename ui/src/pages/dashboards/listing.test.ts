import { expect, test } from 'vitest';
import type { SearchHit } from '../../api/dashboards';
import { countIn, type ListingFilter, listingOf, tagCounts, wayTo } from './listing';

const hit = (uid: string, more: Partial<SearchHit> = {}): SearchHit => ({
  id: 1,
  uid,
  title: uid,
  url: '',
  type: 'dash-db',
  tags: [],
  isStarred: false,
  ...more,
});
const folder = (uid: string, parent = '') => hit(uid, { type: 'dash-folder', folderUid: parent });
const hits = [
  hit('beta', { tags: ['web'] }),
  hit('alpha', { isStarred: true }),
  folder('ops'),
  folder('deep', 'ops'),
  hit('disk 10', { folderUid: 'ops', folderTitle: 'ops', tags: ['web', 'db'] }),
  hit('disk 9', { folderUid: 'deep', folderTitle: 'deep', tags: ['db'] }),
];
const filter: ListingFilter = { search: '', tags: [], isStarred: false, folderUid: '', sorting: 'name' };
const show = (more: Partial<ListingFilter>) => {
  const { folders, dashboards } = listingOf(hits, { ...filter, ...more });
  return [...folders.map(({ uid }) => `${uid}/`), ...dashboards.map(({ uid }) => uid)];
};

test('a folder shows what is in it, a search what is below it', () => {
  expect(show({})).toEqual(['ops/', 'alpha', 'beta']);
  expect(show({ folderUid: 'ops' })).toEqual(['deep/', 'disk 10']);
  expect(show({ search: 'disk' })).toEqual(['disk 9', 'disk 10']);
  expect(show({ search: 'disk', folderUid: 'deep' })).toEqual(['disk 9']);
  expect(show({ tags: ['web'] })).toEqual(['beta', 'disk 10']);
  expect(show({ isStarred: true })).toEqual(['alpha']);
  expect(show({ sorting: 'name-desc' })).toEqual(['ops/', 'beta', 'alpha']);
});

test('counts and ways', () => {
  expect(tagCounts(hits)).toEqual([
    { tag: 'db', count: 2 },
    { tag: 'web', count: 2 },
  ]);
  expect([countIn(hits, 'ops'), countIn(hits, 'deep')]).toEqual([2, 1]);
  expect(wayTo(hits, 'deep').map(({ uid }) => uid)).toEqual(['ops', 'deep']);
});
