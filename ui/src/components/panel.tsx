import './panel.css';
import type { ComponentChildren } from 'preact';

export type PanelProps = {
  title?: ComponentChildren;
  /** Beside the title, subdued. */
  note?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  /** No padding around the content, for tables. */
  flush?: boolean;
};

/** A card with a heading: the frame of charts and tables. */
export function Panel({ title, note, actions, children, flush }: PanelProps) {
  return (
    <section class={flush ? 'panel is-flush' : 'panel'}>
      {(title || actions) && (
        <header class="panel-header">
          <h2 class="panel-title">{title}</h2>
          {note && <span class="panel-note">{note}</span>}
          {actions && <div class="panel-actions">{actions}</div>}
        </header>
      )}
      <div class="panel-body">{children}</div>
    </section>
  );
}
