import type { ComponentChildren } from 'preact';
import { EmptyState } from '../../components/notice';
import { Page } from '../../components/page';
import { can, isMeKnown } from '../../shell/me';
import { text } from './text';

/** Shows a page to Admins, and to all others why not. */
export function AdminsOnly({ children }: { children: ComponentChildren }) {
  const t = text.value;
  if (!isMeKnown.value) return <Page title={t.title} />;
  if (can('Admin')) return <>{children}</>;
  return (
    <Page title={t.title}>
      <EmptyState icon="storage" title={t.refused}>
        {t.refusedHint}
      </EmptyState>
    </Page>
  );
}
