import './page.css';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

export type PageLayoutProps = {
  title: string;
  /** Beside the title: a selector, a count. */
  lead?: ComponentChildren;
  /** At the right end of the header: the time picker, buttons. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
};

// The server may have put a title of the user's into the document.
const productTitle = globalThis.document?.title || 'Monopod';

/** The frame of every page: sticky header, then content. Sets the document's title. */
export function Page({ title, lead, actions, children }: PageLayoutProps) {
  useEffect(() => {
    document.title = `${title} · ${productTitle}`;
  }, [title]);
  return (
    <div class="page">
      <header class="page-header">
        <h1 class="page-title">{title}</h1>
        {lead && <div class="page-lead">{lead}</div>}
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      <div class="page-content">{children}</div>
    </div>
  );
}
