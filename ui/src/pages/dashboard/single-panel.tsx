import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { EmptyState } from '../../components/notice';
import { useCells } from '../../dashboard/grid';
import { gridGap, gridRowHeight } from '../../dashboard/layout';
import { PanelView } from '../../dashboard/panel-view';
import type { DashboardSession } from '../../dashboard/session';
import { setQuery } from '../../router/location';
import { panelNumber } from './panel-number';
import { text } from './text';

/** One panel over the whole page. */
export function SinglePanel({ session, wanted }: { session: DashboardSession; wanted: string }) {
  const root = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  const cells = useCells(session);
  useLayoutEffect(() => {
    const element = root.current!;
    const measure = () => {
      const { top } = element.getBoundingClientRect();
      const room = window.innerHeight - top - window.scrollY - 24;
      size.value = { width: element.clientWidth, height: Math.max(240, Math.floor(room)) };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  const cell = useComputed(() => {
    const own = cells.value.find(({ key }) => key === wanted);
    if (own) return own;
    const id = panelNumber(wanted) ?? -1;
    const first = cells.value.find(({ panel }) => panel.id === id);
    // One within a collapsed row has no cell.
    const panel = first?.panel ?? session.findPanel(id);
    return panel ? { key: first?.key ?? String(id), panel, scope: first?.scope } : null;
  });
  useSignalEffect(() => {
    if (cell.value) session.activePanel.value = cell.value.key;
  });
  const found = cell.value;
  const height = found && found.panel.type === 'row' ? gridRowHeight + gridGap : size.value.height;
  return (
    <div ref={root} class="dash-single">
      <p class="dash-back">
        <Button icon="chevronLeft" kind="quiet" onClick={() => setQuery({ viewPanel: null }, 'push')}>
          {text.value.backToDashboard}
        </Button>
      </p>
      {!found && <EmptyState icon="search" title={text.value.noPanel} />}
      {found && size.value.width > 0 && (
        <PanelView
          key={found.key}
          session={session}
          panel={found.panel}
          scope={found.scope}
          cellKey={found.key}
          width={size.value.width}
          height={height - 40}
          withMenu
        />
      )}
    </div>
  );
}
