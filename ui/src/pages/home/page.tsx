import './home.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { homeDashboard } from '../../api/dashboards';
import { queryInstant } from '../../api/prometheus';
import { useResult } from '../../api/use-result';
import { EmptyState, ErrorNotice } from '../../components/notice';
import { Page } from '../../components/page';
import { loadDataSources } from '../../dashboard/datasources';
import { text as shellText } from '../../i18n/text';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { server } from '../../shell/server';
import { DashboardSkeleton, OpenDashboard } from '../dashboard/page';
import { text } from './text';

/** How long after its start a server may be without samples. */
const settlingSeconds = 30;

/** The dashboard that was chosen as the first page. */
export function HomePage() {
  useMemo(() => void loadDataSources(), []);
  const attempt = useSignal(0);
  const { data, error } = useResult((signal) => homeDashboard({ signal }), 'home', attempt.value).value;
  const isReady = useFirstSamples();
  const t = text.value;
  const title = shellText.value.nav.home;
  if (data && !data.uid) {
    return (
      <Page title={title}>
        <EmptyState title={t.none}>
          <a href={withBase(href('dashboards'))}>{t.choose}</a>
        </EmptyState>
      </Page>
    );
  }
  if (error && !data) {
    return (
      <Page title={title}>
        {error.kind === 'http' && error.status === 404 ? (
          <EmptyState title={t.none}>
            <a href={withBase(href('dashboards'))}>{t.choose}</a>
          </EmptyState>
        ) : (
          <ErrorNotice
            error={error}
            onRetry={() => {
              attempt.value++;
            }}
          />
        )}
      </Page>
    );
  }
  if (isReady === false) {
    return (
      <Page title={title}>
        <div class="home-waiting" role="status">
          <EmptyState icon="clock" title={t.waiting}>
            {t.waitingHint}
          </EmptyState>
        </div>
      </Page>
    );
  }
  return data?.uid && isReady !== null ? <OpenDashboard uid={data.uid} isHome /> : <DashboardSkeleton />;
}

/** False while a server that has just started has no samples yet; null until that is known. */
function useFirstSamples(): boolean | null {
  const known = useSignal<boolean | null>(null);
  const isSettling = server.value !== null && server.value.uptimeSeconds < settlingSeconds;
  const isWaiting = known.value !== true && isSettling;
  useEffect(() => {
    if (known.peek() === true) return;
    if (server.value && !isSettling) known.value = true;
  }, [server.value]);
  useEffect(() => {
    if (!isWaiting) return;
    const abort = new AbortController();
    const { signal } = abort;
    // Two scrapes make a rate: with them the first curves begin.
    const query = 'max(count_over_time(up[1m])) > 1';
    const look = async () => {
      const result = await queryInstant({ query, signal });
      if (!signal.aborted) known.value = !result.ok || result.data.samples.length > 0;
    };
    void look();
    const timer = setInterval(() => void look(), 1000);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [isWaiting]);
  // A server that does not tell how long it runs is taken as it is.
  useEffect(() => {
    const timer = setTimeout(() => {
      known.value ??= true;
    }, 1500);
    return () => clearTimeout(timer);
  }, []);
  return known.value;
}
