import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { text } from '../i18n/text';
import { navigate } from '../router/location';
import { findRoute, type PageProps, type RouteId, routes } from '../routes';

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

  if (!match) {
    return (
      <div class="notice">
        <h1>{text.value.common.notFound}</h1>
        <p>{text.value.common.notFoundHint(path)}</p>
      </div>
    );
  }
  const state = loaded.value[match.id];
  if (!state) return null;
  if ('failed' in state) return <p>{text.value.common.pageFailed}</p>;
  const { page: PageComponent } = state;
  return <PageComponent params={match.params} />;
}
