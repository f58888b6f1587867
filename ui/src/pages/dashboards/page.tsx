import './page.css';
import { useComputed, useSignal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import {
  createFolder,
  dashboardSource,
  deleteDashboard,
  deleteFolder,
  renameFolder,
  type SearchHit,
  saveSource,
  searchDashboards,
  setStar,
} from '../../api/dashboards';
import type { Result } from '../../api/errors';
import { useServerEvents } from '../../api/server-events';
import { useResult } from '../../api/use-result';
import { Button, IconButton } from '../../components/button';
import { Select, TextField } from '../../components/field';
import { Icon } from '../../components/icon';
import { LazyRows } from '../../components/lazy-rows';
import { EmptyState, ErrorNotice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { Popover } from '../../components/popover';
import { setQuery, withBase } from '../../router/location';
import { booleanParam, choiceParam, listParam, stringParam, useQueryParam } from '../../router/query-param';
import { href } from '../../routes';
import { can } from '../../shell/me';
import { forgetDashboard } from '../../shell/recent';
import { loadStarred } from '../../shell/starred';
import { toast } from '../../shell/toasts';
import { ConfirmDialog, MoveDialog, NameDialog } from './dialogs';
import { countIn, listingOf, type Sorting, tagCounts, wayTo } from './listing';
import { text } from './text';

type OpenDialog =
  | { kind: 'delete'; hits: SearchHit[] }
  | { kind: 'move'; hits: SearchHit[] }
  | { kind: 'folder' }
  | { kind: 'rename'; hit: SearchHit };

const sortings = ['name', 'name-desc', 'folder'] as const;

/** All dashboards in their folders. */
export function DashboardsPage() {
  const t = text.value;
  const attempt = useSignal(0);
  const { data, error } = useResult(
    (signal) => searchDashboards({ limit: 5000 }, { signal }),
    'all',
    attempt.value,
  ).value;
  const refresh = () => {
    attempt.value++;
  };
  useServerEvents(['dashboard-changed', 'folders-changed'], refresh);
  const search = useQueryParam('query', stringParam());
  const tags = useQueryParam('tag', listParam());
  const starred = useQueryParam('starred', booleanParam());
  const folder = useQueryParam('folder', stringParam());
  const sorting = useQueryParam<Sorting>('sort', choiceParam(sortings, 'name'));
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const mayEdit = can('Editor');

  const hits = data ?? [];
  const listing = useMemo(
    () =>
      listingOf(hits, {
        search: search.value,
        tags: tags.value,
        isStarred: starred.value,
        folderUid: folder.value,
        sorting: sorting.value,
      }),
    [data, search.value, tags.value, starred.value, folder.value, sorting.value],
  );
  const chosenHits = useComputed(() => hits.filter(({ uid }) => chosen.value.has(uid))).value;
  const way = wayTo(hits, folder.value);
  const here = way.at(-1);
  const known = useMemo(() => tagCounts(hits), [data]);

  const toggleStar = async (hit: SearchHit) => {
    const result = await setStar(hit.uid, !hit.isStarred);
    if (result.ok) {
      refresh();
      void loadStarred();
    } else toast({ level: 'warn', message: t.starFailed, detail: result.error.message });
  };
  const done = (message: string) => {
    chosen.value = new Set();
    setDialog(null);
    refresh();
    toast({ level: 'ok', message });
  };
  const shown = [...listing.folders, ...listing.dashboards];
  return (
    <Page
      title={t.title}
      actions={
        mayEdit && (
          <>
            <Button icon="folder" onClick={() => setDialog({ kind: 'folder' })}>
              {t.newFolder}
            </Button>
            <a class="button is-default" href={withBase(`/dashboard/import${folderQuery(folder.value)}`)}>
              <Icon name="down" />
              {t.import}
            </a>
            <a
              class="button is-primary"
              href={withBase(`${href('newDashboard')}${folderQuery(folder.value)}`)}
            >
              <Icon name="plus" />
              {t.newDashboard}
            </a>
          </>
        )
      }
    >
      <div class="dashboards">
        <div class="dashboards-filter">
          <TextField
            label={t.search}
            hideLabel
            type="search"
            icon="search"
            placeholder={t.search}
            value={search.value}
            onInput={(value) => search.set(value)}
          />
          <TagFilter tags={known} chosen={tags.value} onChange={(value) => tags.set(value)} />
          <Button
            kind={starred.value ? 'primary' : 'default'}
            icon="star"
            aria-pressed={starred.value}
            onClick={() => starred.set(!starred.value)}
          >
            {t.starred}
          </Button>
          <Select<Sorting>
            label={t.sort}
            hideLabel
            value={sorting.value}
            onChange={(value) => sorting.set(value)}
            choices={sortings.map((value) => ({ value, label: t.sortings[value] }))}
          />
        </div>
        {way.length > 0 && (
          <nav class="dashboards-way" aria-label={t.way}>
            <a href={withBase(href('dashboards'))}>{t.title}</a>
            {way.map((one) => (
              <span key={one.uid}>
                {' / '}
                <a
                  href={withBase(href('dashboards', {}, { folder: one.uid }))}
                  aria-current={one.uid === folder.value ? 'page' : undefined}
                >
                  {one.title}
                </a>
              </span>
            ))}
            {mayEdit && here && (
              <>
                <Button kind="quiet" onClick={() => setDialog({ kind: 'rename', hit: here })}>
                  {t.rename}
                </Button>
                <Button kind="quiet" onClick={() => setDialog({ kind: 'delete', hits: [here] })}>
                  {t.deleteFolder}
                </Button>
              </>
            )}
          </nav>
        )}
        {chosenHits.length > 0 && (
          <div class="dashboards-chosen" role="toolbar" aria-label={t.chosen(chosenHits.length)}>
            <span>{t.chosen(chosenHits.length)}</span>
            <Button onClick={() => setDialog({ kind: 'move', hits: chosenHits })}>{t.move}</Button>
            <Button
              kind="danger"
              icon="trash"
              onClick={() => setDialog({ kind: 'delete', hits: chosenHits })}
            >
              {t.delete}
            </Button>
            <Button
              kind="quiet"
              onClick={() => {
                chosen.value = new Set();
              }}
            >
              {t.unchoose}
            </Button>
          </div>
        )}
        {error && <ErrorNotice error={error} onRetry={refresh} />}
        {!data && !error && <Skeleton height="320px" />}
        {data && shown.length === 0 && (
          <EmptyState icon="dashboards" title={hits.length === 0 ? t.noneAtAll : t.none}>
            {search.value || tags.value.length > 0 || starred.value ? (
              <Button onClick={() => setQuery({ query: null, tag: null, starred: null })}>{t.clear}</Button>
            ) : null}
          </EmptyState>
        )}
        <LazyRows
          items={shown}
          keyOf={(hit) => `${hit.type}${hit.uid}`}
          rowHeight={41}
          class="dashboards-list"
          label={t.title}
        >
          {(hit) => (
            <Row
              hit={hit}
              count={hit.type === 'dash-folder' ? countIn(hits, hit.uid) : 0}
              withFolder={(hit.folderUid ?? '') !== folder.value}
              isChosen={chosen.value.has(hit.uid)}
              onChoose={
                mayEdit && hit.type === 'dash-db'
                  ? () => {
                      const next = new Set(chosen.peek());
                      if (!next.delete(hit.uid)) next.add(hit.uid);
                      chosen.value = next;
                    }
                  : undefined
              }
              onStar={() => void toggleStar(hit)}
              onTag={(tag) => tags.set([...new Set([...tags.value, tag])], 'push')}
            />
          )}
        </LazyRows>
      </div>
      {dialog?.kind === 'folder' && (
        <NameDialog
          title={t.newFolder}
          action={t.create}
          onClose={() => setDialog(null)}
          onSubmit={(name) => createFolder(name, folder.value || undefined)}
          onDone={() => done(t.folderMade)}
        />
      )}
      {dialog?.kind === 'rename' && (
        <NameDialog
          title={t.rename}
          action={t.rename}
          name={dialog.hit.title}
          onClose={() => setDialog(null)}
          onSubmit={(name) => renameFolder(dialog.hit.uid, name)}
          onDone={() => done(t.renamed)}
        />
      )}
      {dialog?.kind === 'delete' && (
        <ConfirmDialog
          title={t.deleteTitle}
          question={
            dialog.hits[0]?.type === 'dash-folder'
              ? t.deleteFolderQuestion(dialog.hits[0].title, countIn(hits, dialog.hits[0].uid))
              : t.deleteQuestion(dialog.hits.map(({ title }) => title).join(', '))
          }
          action={t.delete}
          onClose={() => setDialog(null)}
          onConfirm={() => removeAll(dialog.hits)}
          onDone={() => {
            if (dialog.hits[0]?.type === 'dash-folder')
              setQuery({ folder: dialog.hits[0].folderUid || null });
            done(t.deleted(dialog.hits.length));
          }}
        />
      )}
      {dialog?.kind === 'move' && (
        <MoveDialog
          folders={hits.filter(({ type }) => type === 'dash-folder')}
          onClose={() => setDialog(null)}
          onMove={(folderUid) => moveAll(dialog.hits, folderUid)}
          onDone={() => done(t.moved(dialog.hits.length))}
        />
      )}
    </Page>
  );
}

const folderQuery = (uid: string) => (uid ? `?folderUid=${encodeURIComponent(uid)}` : '');

async function removeAll(hits: readonly SearchHit[]): Promise<Result<unknown>> {
  let last: Result<unknown> = { ok: true, data: undefined, warnings: [], infos: [] };
  for (const { uid, type } of hits) {
    last = type === 'dash-folder' ? await deleteFolder(uid) : await deleteDashboard(uid);
    if (!last.ok) return last;
    forgetDashboard(uid);
  }
  return last;
}

async function moveAll(hits: readonly SearchHit[], folderUid: string): Promise<Result<unknown>> {
  let last: Result<unknown> = { ok: true, data: undefined, warnings: [], infos: [] };
  for (const { uid } of hits) {
    const source = await dashboardSource(uid);
    if (!source.ok) return source;
    last = await saveSource({
      dashboard: source.data,
      folderUid,
      message: text.peek().movedMessage,
      overwrite: true,
    });
    if (!last.ok) return last;
  }
  return last;
}

type TagFilterProps = {
  tags: readonly { tag: string; count: number }[];
  chosen: readonly string[];
  onChange(tags: string[]): void;
};

function TagFilter({ tags, chosen, onChange }: TagFilterProps) {
  const t = text.value;
  if (tags.length === 0) return null;
  return (
    <Popover
      label={t.tags}
      trigger={({ isOpen, toggle }) => (
        <Button
          kind={chosen.length > 0 ? 'primary' : 'default'}
          icon="filter"
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          onClick={toggle}
        >
          {chosen.length > 0 ? chosen.join(', ') : t.tags}
        </Button>
      )}
    >
      {() => (
        <ul class="dashboards-tags" aria-label={t.tags}>
          {tags.map(({ tag, count }) => (
            <li key={tag}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(tag)}
                  onChange={() =>
                    onChange(chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag])
                  }
                />
                {tag}
                <span class="dashboards-count">{count}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  );
}

type RowProps = {
  hit: SearchHit;
  count: number;
  withFolder: boolean;
  isChosen: boolean;
  onChoose?(): void;
  onStar(): void;
  onTag(tag: string): void;
};

function Row({ hit, count, withFolder, isChosen, onChoose, onStar, onTag }: RowProps) {
  const t = text.value;
  const isFolder = hit.type === 'dash-folder';
  return (
    <div class="dashboards-row">
      {onChoose && (
        <input type="checkbox" aria-label={t.choose(hit.title)} checked={isChosen} onChange={onChoose} />
      )}
      <Icon name={isFolder ? 'folder' : 'dashboards'} />
      <a
        class="dashboards-name"
        href={withBase(
          isFolder ? href('dashboards', {}, { folder: hit.uid }) : href('dashboard', { uid: hit.uid }),
        )}
      >
        {hit.title}
      </a>
      {withFolder && hit.folderTitle && <span class="dashboards-folder">{hit.folderTitle}</span>}
      {isFolder ? (
        <span class="dashboards-count">{t.dashboardCount(count)}</span>
      ) : (
        <>
          <span class="dashboards-row-tags">
            {hit.tags.map((tag) => (
              <button key={tag} type="button" class="dashboards-tag" onClick={() => onTag(tag)}>
                {tag}
              </button>
            ))}
          </span>
          <IconButton
            icon="star"
            label={hit.isStarred ? t.unstar(hit.title) : t.star(hit.title)}
            aria-pressed={hit.isStarred}
            onClick={onStar}
          />
        </>
      )}
    </div>
  );
}
