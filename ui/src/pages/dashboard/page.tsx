import './page.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type LoadedDashboard, loadDashboard } from '../../api/dashboards';
import { useResult } from '../../api/use-result';
import { runView } from '../../api/view';
import { EmptyState, ErrorNotice } from '../../components/notice';
import { Page } from '../../components/page';
import { loadDataSources } from '../../dashboard/datasources';
import { rememberDashboard } from '../../dashboard/recent';
import { createSession, type DashboardSession } from '../../dashboard/session';
import { query, withBase } from '../../router/location';
import { href } from '../../routes';
import { hasDraft } from './draft-mark';
import { loadEditParts } from './edit-parts';
import { emptyDashboard } from './new-dashboard';
import { text } from './text';
import { DashboardView } from './view';

/** A dashboard that the server has. */
export function DashboardPage({ params }: { params: { uid: string } }) {
  return <OpenDashboard key={params.uid} uid={params.uid} />;
}

/** One that is not saved yet. */
export function NewDashboardPage() {
  const loaded = useMemo(() => emptyDashboard(text.peek().newTitle, query.peek().get('folderUid') ?? ''), []);
  return <WithSession loaded={loaded} isNew />;
}

/** Loads a dashboard and shows it, or says why there is none. */
export function OpenDashboard({ uid, isHome = false }: { uid: string; isHome?: boolean }) {
  useMemo(() => void loadDataSources(), []);
  const attempt = useSignal(0);
  const { data, error } = useResult((signal) => loadDashboard(uid, { signal }), uid, attempt.value).value;
  const t = text.value;
  if (data) return <WithSession loaded={data} isHome={isHome} />;
  if (!error) return <DashboardSkeleton />;
  if (error.kind === 'http' && error.status === 404) {
    return (
      <Page title={t.notFound}>
        <EmptyState icon="search" title={t.notFoundHint(uid)}>
          <a href={withBase(href('dashboards'))}>{t.allDashboards}</a>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title={t.loadFailed}>
      <ErrorNotice
        error={error}
        onRetry={() => {
          attempt.value++;
        }}
      />
    </Page>
  );
}

type WithSessionProps = { loaded: LoadedDashboard; isNew?: boolean; isHome?: boolean };

function WithSession({ loaded, isNew = false, isHome = false }: WithSessionProps) {
  const session = useMemo<DashboardSession>(() => {
    const opened = createSession(loaded, { ask: runView, hasEditor: loadEditParts !== null });
    // Unsaved work is offered by what edits.
    opened.isEditing.value = isNew || (opened.canChange.peek() && hasDraft(opened.uid));
    return opened;
  }, [loaded]);
  useEffect(() => {
    rememberDashboard(session.uid);
    return () => session.dispose();
  }, [session]);
  return <DashboardView session={session} isHome={isHome} />;
}

/** Holds the header's place. */
export function DashboardSkeleton() {
  return <div class="page-header" aria-busy="true" />;
}
