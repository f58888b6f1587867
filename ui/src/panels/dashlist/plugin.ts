import type { PanelPlugin } from '../plugin';
import { DashListPanel } from './dashlist';

const search: [string, string] = ['Search', '검색'];

export const plugin: PanelPlugin = {
  component: DashListPanel,
  options: [
    {
      path: 'keepTime',
      name: ['Include time range', '시간 범위 유지'],
      input: 'switch',
      defaultValue: false,
    },
    {
      path: 'includeVars',
      name: ['Include variables', '변수 값 유지'],
      input: 'switch',
      defaultValue: false,
    },
    { path: 'showStarred', name: ['Starred', '즐겨찾기'], input: 'switch', defaultValue: true },
    {
      path: 'showRecentlyViewed',
      name: ['Recently viewed', '최근 본 대시보드'],
      input: 'switch',
      defaultValue: false,
    },
    { path: 'showSearch', name: ['Search', '검색'], input: 'switch', defaultValue: false },
    { path: 'showHeadings', name: ['Show headings', '제목 표시'], input: 'switch', defaultValue: true },
    {
      path: 'showFolderNames',
      name: ['Show folder names', '폴더 이름 표시'],
      input: 'switch',
      defaultValue: true,
    },
    {
      path: 'maxItems',
      name: ['Max items', '최대 개수'],
      input: 'number',
      min: 1,
      integer: true,
      defaultValue: 10,
    },
    {
      path: 'query',
      name: ['Query', '검색어'],
      category: search,
      input: 'text',
      defaultValue: '',
      showIf: ({ showSearch }) => showSearch === true,
    },
    {
      path: 'folderUID',
      name: ['Folder UID', '폴더 UID'],
      category: search,
      input: 'text',
      showIf: ({ showSearch }) => showSearch === true,
    },
  ],
  fieldOptions: [],
  defaults: {
    options: {
      showStarred: true,
      showRecentlyViewed: false,
      showSearch: false,
      showHeadings: true,
      maxItems: 10,
      query: '',
      tags: [],
    },
    fieldConfig: {},
  },
  needsNoData: true,
};
