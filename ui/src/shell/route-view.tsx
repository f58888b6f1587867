import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Button } from '../components/button';
import { EmptyState } from '../components/notice';
import { Page } from '../components/page';
import { text } from '../i18n/text';
import { navigate, withBase } from '../router/location';
import { findRoute, href, type PageProps, type RouteId, routes } from '../routes';

type Loaded = { page: ComponentType<PageProps> } | { failed: true };

const loaded = signal<Partial<Record<RouteId, Loaded>>>({});

/** Starts loading a page's chunk; pointing at a link calls it too, so that the click finds it there. */
export function preloadPage(id: RouteId): void {
  if (loaded.peek()[id]) return;
  routes[id].load().then(
    (page) => {
      loaded.value = { ...loaded.peek(), [id]: { page: page as ComponentType<PageProps> } };
    },
    () => {
      loaded.value = { ...loaded.peek(), [id]: { failed: true } };
    },
  );
}

export function RouteView({ path }: { path: string }) {
  const match = useMemo(() => findRoute(path), [path]);
  useEffect(() => {
    if (!match) return;
    if (match.canonicalPath !== path) {
      navigate(match.canonicalPath + window.location.search + window.location.hash, 'replace');
    }
    preloadPage(match.id);
  }, [match]);

  const { common } = text.value;
  if (!match) {
    return (
      <Page title={common.notFound}>
        <EmptyState icon="search" title={common.notFoundHint(path)}>
          <a href={withBase(href('home'))}>{common.goHome}</a>
        </EmptyState>
      </Page>
    );
  }
  const state = loaded.value[match.id];
  // The chunk is small and mostly preloaded: an empty header holds its place.
  if (!state) return <div class="page-header" aria-busy="true" />;
  if ('failed' in state) {
    return (
      <Page title={common.pageFailed}>
        <EmptyState icon="warning" title={common.pageFailedHint}>
          <Button onClick={() => window.location.reload()}>{common.reload}</Button>
        </EmptyState>
      </Page>
    );
  }
  const { page: PageComponent } = state;
  return <PageComponent params={match.params} />;
}
