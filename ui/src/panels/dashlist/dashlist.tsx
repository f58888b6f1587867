import './dashlist.css';
import { type SearchHit, searchDashboards } from '../../api/dashboards';
import type { Result } from '../../api/errors';
import { useResult } from '../../api/use-result';
import { ErrorNotice } from '../../components/notice';
import { recentDashboards } from '../../dashboard/recent';
import { query, withBase } from '../../router/location';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { text } from './text';

export type DashListOptions = {
  showStarred?: boolean;
  showRecentlyViewed?: boolean;
  showSearch?: boolean;
  showHeadings?: boolean;
  showFolderNames?: boolean;
  maxItems?: number;
  query?: string;
  tags?: string[];
  folderUID?: string;
  keepTime?: boolean;
  includeVars?: boolean;
};

type List = { key: 'starred' | 'recent' | 'search'; hits: SearchHit[] };

export function DashListPanel({ panel, height, window, context }: PanelProps) {
  const options = (panel.options ?? {}) as DashListOptions;
  const asked = context.interpolate(options.query ?? '');
  const recent = options.showRecentlyViewed ? recentDashboards() : [];
  const identity = JSON.stringify([options, asked, recent]);
  // A dashboard that refreshes asks for the list again.
  const loaded = useResult((signal) => loadLists(options, asked, recent, signal), identity, window.to);
  const { data, error } = loaded.value;
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return null;
  const lists = data.filter(({ hits }) => hits.length > 0);
  if (lists.length === 0) return <NoData>{text.value.none}</NoData>;
  return (
    <div class="dashlist" style={{ height: `${height}px` }}>
      {lists.map(({ key, hits }) => (
        <section key={key}>
          {options.showHeadings !== false && <h3>{text.value[key]}</h3>}
          <ul>
            {hits.map((hit) => (
              <li key={hit.uid}>
                <a href={withBase(hit.url + keptQuery(options))} title={hit.title}>
                  {hit.title}
                </a>
                {options.showFolderNames !== false && hit.folderTitle && <span>{hit.folderTitle}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

async function loadLists(
  options: DashListOptions,
  asked: string,
  recent: readonly string[],
  signal: AbortSignal,
): Promise<Result<List[]>> {
  const limit = options.maxItems ?? 10;
  const questions: { key: List['key']; params: Parameters<typeof searchDashboards>[0] }[] = [];
  if (options.showStarred)
    questions.push({ key: 'starred', params: { starred: true, type: 'dash-db', limit } });
  if (recent.length > 0) {
    questions.push({ key: 'recent', params: { dashboardUIDs: recent.slice(0, limit), type: 'dash-db' } });
  }
  if (options.showSearch) {
    questions.push({
      key: 'search',
      params: {
        query: asked || undefined,
        tag: options.tags?.length ? options.tags : undefined,
        folderUIDs: options.folderUID ? [options.folderUID] : undefined,
        type: 'dash-db',
        limit,
      },
    });
  }
  const lists: List[] = [];
  for (const { key, params } of questions) {
    const answer = await searchDashboards(params, { signal });
    if (!answer.ok) return answer;
    const hits = key === 'recent' ? inOrder(answer.data, recent) : answer.data;
    lists.push({ key, hits });
  }
  return { ok: true, data: lists, warnings: [], infos: [] };
}

function inOrder(hits: readonly SearchHit[], uids: readonly string[]): SearchHit[] {
  return uids.flatMap((uid) => hits.find((hit) => hit.uid === uid) ?? []);
}

/** What the address of this dashboard hands on to the next. */
function keptQuery({ keepTime, includeVars }: DashListOptions): string {
  const kept = new URLSearchParams();
  for (const [name, value] of query.value) {
    if (keepTime && (name === 'from' || name === 'to')) kept.append(name, value);
    if (includeVars && name.startsWith('var-')) kept.append(name, value);
  }
  const written = kept.toString();
  return written ? `?${written}` : '';
}
