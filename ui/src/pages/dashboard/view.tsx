import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { setStar } from '../../api/dashboards';
import { Button, IconButton } from '../../components/button';
import { lazy } from '../../components/lazy';
import { EmptyState } from '../../components/notice';
import { Page } from '../../components/page';
import { DashboardGrid } from '../../dashboard/grid';
import type { DashboardSession } from '../../dashboard/session';
import { query, withBase } from '../../router/location';
import { href } from '../../routes';
import { rememberDashboard } from '../../shell/recent';
import { loadStarred } from '../../shell/starred';
import { toast } from '../../shell/toasts';
import { useAutoRefresh } from '../../time/control';
import { TimePicker } from '../../time/picker';
import { VariableBar } from '../../variables/variable-bar';
import { ChangeNotice, useForeignChanges } from './changes';
import { DashboardLinks } from './dashboard-links';
import { type EditParts, loadEditParts } from './edit-parts';
import { useDashboardKeys } from './keys';
import { kioskMode, useKiosk } from './kiosk';
import { panelNumber } from './panel-number';
import { text } from './text';

/** An open dashboard: its panels, one of them alone, or what edits it. */
export function DashboardView({ session, isHome = false }: { session: DashboardSession; isHome?: boolean }) {
  useAutoRefresh(session.time);
  const foreign = useForeignChanges(session);
  const edit = useEditParts(session);
  useDashboardKeys(session);
  useKiosk();
  const kiosk = kioskMode.value;
  const { uid, title } = session.meta.value;
  useEffect(() => {
    if (!isHome) rememberDashboard({ uid, title });
  }, [uid, title, isHome]);
  const parameters = query.value;
  const editPanel = panelNumber(parameters.get('editPanel'));
  const editView = parameters.get('editview');
  const viewPanel = parameters.get('viewPanel');
  const canChange = session.canChange.value;
  const isEditing = session.isEditing.value && canChange;
  const hasAnnotations =
    session.annotations.queries.value.length > 0 || session.annotations.stored.value.length > 0;

  let content = null;
  let isWhole = false;
  if (edit && editView && canChange) {
    content = <edit.Settings session={session} view={editView} />;
  } else if (edit && editPanel !== null && canChange) {
    content = <edit.PanelEditor session={session} panelId={editPanel} />;
  } else if (viewPanel) {
    content = <SinglePanel session={session} wanted={viewPanel} />;
    isWhole = true;
  } else if (isEditing && edit) {
    content = <edit.Grid session={session} />;
    isWhole = true;
  } else {
    content =
      session.dashboard.value.panels.length === 0 ? (
        <EmptyState title={text.value.empty}>{canChange && text.value.emptyHint}</EmptyState>
      ) : (
        <DashboardGrid session={session} />
      );
    isWhole = true;
  }
  return (
    <Page
      title={session.dashboard.value.title}
      lead={<Lead session={session} isHome={isHome} />}
      actions={
        <Actions session={session} toolbar={isEditing ? edit?.Toolbar : undefined} withTime={!editView} />
      }
    >
      <div class={kiosk ? 'dash-page is-kiosk' : 'dash-page'}>
        <ChangeNotice session={session} foreign={foreign} />
        {isWhole && (
          <div class="dash-controls">
            <VariableBar variables={session.variables} />
            {hasAnnotations && <AnnotationBar session={session} />}
            <DashboardLinks session={session} />
          </div>
        )}
        {content}
        <OpenDialogs session={session} />
        <LoadingStatus session={session} />
      </div>
    </Page>
  );
}

/** What edits the dashboard, once it is wanted. */
function useEditParts(session: DashboardSession): EditParts | null {
  const parts = useSignal<{ loaded: EditParts } | null>(null);
  const isWanted =
    session.canChange.value &&
    (session.isEditing.value || query.value.has('editPanel') || query.value.has('editview'));
  useEffect(() => {
    if (!isWanted || parts.peek() || !loadEditParts) return;
    void loadEditParts().then(
      (loaded) => {
        parts.value = { loaded };
        session.panelActions.value = loaded;
      },
      () => toast({ level: 'bad', message: text.peek().editorFailed }),
    );
  }, [isWanted]);
  return parts.value?.loaded ?? null;
}

function Lead({ session, isHome }: { session: DashboardSession; isHome: boolean }) {
  const t = text.value;
  const { folderUid, folderTitle, isStarred, uid } = session.meta.value;
  const star = async () => {
    const result = await setStar(uid, !isStarred);
    if (result.ok) {
      session.setMeta({ isStarred: !isStarred });
      void loadStarred();
    } else toast({ level: 'warn', message: t.starFailed, detail: result.error.message });
  };
  return (
    <>
      {uid && !isHome && (
        <IconButton
          icon="star"
          label={isStarred ? t.unstar : t.star}
          aria-pressed={isStarred}
          onClick={star}
        />
      )}
      {folderTitle && !isHome && (
        <a class="dash-folder" href={withBase(href('dashboards', {}, { folder: folderUid }))}>
          {folderTitle}
        </a>
      )}
      {session.isDirty.value && <span class="dash-unsaved">{t.unsaved}</span>}
    </>
  );
}

type ActionsProps = {
  session: DashboardSession;
  toolbar?: ComponentType<{ session: DashboardSession }>;
  withTime: boolean;
};

function Actions({ session, toolbar: Toolbar, withTime }: ActionsProps) {
  const t = text.value;
  const { timepicker } = session.dashboard.value;
  return (
    <>
      {Toolbar && <Toolbar session={session} />}
      {session.canChange.value && !session.isEditing.value && session.uid !== '' && (
        <Button
          onClick={() => {
            session.isEditing.value = true;
          }}
        >
          {t.edit}
        </Button>
      )}
      {session.uid !== '' && !session.isEditing.value && (
        <IconButton icon="external" label={t.share} onClick={() => session.dialog.set({ kind: 'share' })} />
      )}
      {withTime && !timepicker?.hidden && (
        <TimePicker
          control={session.time}
          quickRanges={timepicker?.quick_ranges}
          refreshIntervals={timepicker?.refresh_intervals}
        />
      )}
    </>
  );
}

const SinglePanel = lazy(() => import('./single-panel').then((module) => module.SinglePanel));
const AnnotationBar = lazy(() => import('./annotation-bar').then((module) => module.AnnotationBar));
const Dialogs = lazy(() => import('./dialogs').then((module) => module.Dialogs));

function OpenDialogs({ session }: { session: DashboardSession }) {
  const isOpen = session.dialog.current.value !== null || session.annotations.draft.value !== null;
  return isOpen ? <Dialogs session={session} /> : null;
}

/** Tells assistive technology that variables failed; panels tell of themselves. */
function LoadingStatus({ session }: { session: DashboardSession }) {
  const failed = session.variables.states.value.filter(({ error }) => error);
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {failed.length > 0
        ? text.value.variablesFailed(failed.map(({ variable }) => variable.name).join(', '))
        : ''}
    </p>
  );
}
