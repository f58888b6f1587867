import './edit-grid.css';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Badge } from '../../../../components/badge';
import { IconButton } from '../../../../components/button';
import { EmptyState } from '../../../../components/notice';
import { gridColumns, gridGap, gridRowHeight } from '../../../../dashboard/layout';
import type { Dashboard, GridPos, Panel } from '../../../../dashboard/model';
import { PanelView } from '../../../../dashboard/panel-view';
import type { DashboardSession } from '../../../../dashboard/session';
import { setQuery } from '../../../../router/location';
import { announce } from '../form/announce';
import { AddPanelButton } from '../toolbar/add-panel';
import { copyPanel, duplicate, remove, titleOf } from './actions';
import { useDrag } from './drag';
import { bottomOf, isSamePos } from './layout';
import { moveInStack, movePanel, resizePanel } from './panels';
import { RowBar } from './row-bar';
import { text } from './text';

const narrowPx = 640;
const overscanPx = 500;
const rowStep = gridRowHeight + gridGap;

type Box = { left: number; top: number; width: number; height: number };

/** The grid while it is edited: panels are moved and resized with the mouse, by touch or with keys. */
export function EditGrid({ session }: { session: DashboardSession }) {
  const root = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const sight = useSignal({ top: 0, bottom: 0 });
  /** The dashboard as it will be when what is dragged is let go. */
  const draft = useSignal<{ id: number; dashboard: Dashboard } | null>(null);
  useLayoutEffect(() => {
    const element = root.current!;
    const look = () => {
      const { top } = element.getBoundingClientRect();
      const from = Math.floor((-top - overscanPx) / 150) * 150;
      const to = Math.ceil((-top + window.innerHeight + overscanPx) / 150) * 150;
      const before = sight.peek();
      if (before.top !== from || before.bottom !== to) sight.value = { top: from, bottom: to };
    };
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
      look();
    });
    observer.observe(element);
    width.value = element.clientWidth;
    look();
    window.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      window.removeEventListener('scroll', look);
    };
  }, []);
  const dashboard = draft.value?.dashboard ?? session.dashboard.value;
  const isNarrow = width.value < narrowPx;
  const columnStep = (width.value + gridGap) / gridColumns;
  const boxes = useMemo(
    () => boxesOf(dashboard.panels, width.value, isNarrow),
    [dashboard.panels, width.value, isNarrow],
  );
  const height = boxes.reduce((bottom, box) => Math.max(bottom, box.top + box.height), 0);
  const isDragging = draft.value !== null;
  // In the order of the document, so that Tab goes from panel to panel also while they move.
  const inOrder = useMemo(() => new Map(dashboard.panels.map(({ id }, at) => [id, at])), [dashboard.panels]);
  const { top, bottom } = sight.value;
  return (
    <div class={isDragging ? 'edit-grid is-dragging' : 'edit-grid'}>
      {dashboard.panels.length === 0 && (
        <EmptyState icon="plus" title={text.value.empty}>
          <p>{text.value.emptyHint}</p>
          <AddPanelButton session={session} isPrimary />
        </EmptyState>
      )}
      <div
        class="edit-grid-cells"
        ref={root}
        role="group"
        aria-label={text.value.grid}
        style={{ height: `${height + (isDragging ? 200 : 0)}px` }}
      >
        {width.value > 0 &&
          session.dashboard.value.panels.map((panel) => {
            const at = inOrder.get(panel.id);
            const box = at === undefined ? undefined : boxes[at];
            if (!box || at === undefined) return null;
            const isDragged = draft.value?.id === panel.id;
            if (!isDragged && (box.top + box.height < top || box.top > bottom)) return null;
            return (
              <EditCell
                key={panel.id}
                session={session}
                panel={dashboard.panels[at]!}
                box={box}
                columnStep={columnStep}
                isNarrow={isNarrow}
                isDragged={isDragged}
                onDraft={(next) => {
                  draft.value = next ? { id: panel.id, dashboard: next } : null;
                }}
              />
            );
          })}
      </div>
    </div>
  );
}

function boxesOf(panels: readonly Panel[], width: number, isNarrow: boolean): Box[] {
  if (isNarrow) {
    let top = 0;
    return panels.map(({ gridPos }) => {
      const box = { left: 0, top, width, height: gridPos.h * rowStep - gridGap };
      top += box.height + gridGap;
      return box;
    });
  }
  const step = (width + gridGap) / gridColumns;
  return panels.map(({ gridPos: { x, y, w, h } }) => {
    const left = Math.round(x * step);
    return {
      left,
      top: y * rowStep,
      width: Math.round((x + w) * step) - gridGap - left,
      height: h * rowStep - gridGap,
    };
  });
}

type EditCellProps = {
  session: DashboardSession;
  panel: Panel;
  box: Box;
  columnStep: number;
  isNarrow: boolean;
  isDragged: boolean;
  onDraft(dashboard: Dashboard | null): void;
};

function EditCell({ session, panel, box, columnStep, isNarrow, isDragged, onDraft }: EditCellProps) {
  const title = session.interpolate(titleOf(panel), undefined, undefined, 'text');
  const isRow = panel.type === 'row';
  const apply = (f: (dashboard: Dashboard) => Dashboard, label: string) => {
    const before = session.dashboard.peek();
    const after = f(before);
    const now = after.panels.find(({ id }) => id === panel.id)?.gridPos;
    const was = before.panels.find(({ id }) => id === panel.id)?.gridPos;
    if (!now || !was || isSamePos(now, was)) return;
    session.change(label, () => after);
    announce(text.peek().place(title, now.x + 1, now.y + 1, now.w, now.h));
  };
  const moveTo = (to: Target) => apply((d) => placed(d, panel.id, to), text.peek().moved(title));
  const resizeTo = (to: { w: number; h: number }) =>
    apply((d) => resizePanel(d, panel.id, to), text.peek().resized(title));

  const move = useDrag({
    start: () => session.dashboard.peek().panels.find(({ id }) => id === panel.id)?.gridPos ?? panel.gridPos,
    step: (from: GridPos, dx, dy): Target => {
      if (isNarrow && !isRow) return { byRows: Math.round(dy / rowStep) };
      const x = isNarrow ? from.x : Math.round(from.x + dx / columnStep);
      return { x, y: Math.max(0, Math.round(from.y + dy / rowStep)) };
    },
    preview: (to) => onDraft(placed(session.dashboard.peek(), panel.id, to)),
    end: (to) => {
      onDraft(null);
      if (to) moveTo(to);
    },
  });
  const resize = useDrag({
    start: () => session.dashboard.peek().panels.find(({ id }) => id === panel.id)?.gridPos ?? panel.gridPos,
    step: (from: GridPos, dx, dy) => ({
      w: Math.max(1, Math.round(from.w + (isNarrow ? 0 : dx / columnStep))),
      h: Math.max(1, Math.round(from.h + dy / rowStep)),
    }),
    preview: (to) => onDraft(resizePanel(session.dashboard.peek(), panel.id, to)),
    end: (to) => {
      onDraft(null);
      if (to) resizeTo(to);
    },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const [dx, dy] = arrows[event.key] ?? [0, 0];
    if (dx === 0 && dy === 0) return;
    event.preventDefault();
    const { x, y, w, h } = panel.gridPos;
    if (event.shiftKey) {
      if (!isRow) resizeTo({ w: Math.max(1, w + dx), h: Math.max(1, h + dy) });
    } else {
      // Downwards a panel falls back until it is past what is below it: one press goes that far.
      const before = session.dashboard.peek();
      const reach = dy > 0 ? bottomOf(before.panels) - y : 1;
      for (let step = 1; step <= Math.max(1, reach); step++) {
        const to = { x: x + dx, y: Math.max(0, y + dy * step) };
        const now = movePanel(before, panel.id, to).panels.find(({ id }) => id === panel.id)?.gridPos;
        if (now && !isSamePos(now, panel.gridPos)) return moveTo(to);
      }
    }
  };
  const offset = move.offset.value;
  const handle = (
    <button
      type="button"
      class="edit-handle"
      aria-label={text.value.move(title)}
      title={text.value.moveHint}
      onPointerDown={move.onPointerDown}
      onKeyDown={onKeyDown}
    >
      <span aria-hidden="true">⠿</span>
    </button>
  );
  return (
    <div
      class={isDragged ? 'edit-cell is-dragged' : 'edit-cell'}
      style={{
        width: `${box.width}px`,
        height: `${box.height}px`,
        transform: `translate(${box.left}px, ${box.top}px)`,
      }}
    >
      <div
        class="edit-cell-content"
        // What is dragged follows the pointer; its place in the grid shows behind it.
        ref={(element) => {
          if (element)
            element.style.transform =
              offset && isDragged ? `translate(${offset.x - box.left}px, ${offset.y - box.top}px)` : '';
        }}
      >
        {isRow ? (
          <RowBar session={session} panel={panel} title={title} handle={handle} />
        ) : (
          <>
            <PanelView session={session} panel={panel} width={box.width} height={box.height} />
            <div class="edit-tools" role="toolbar" aria-label={title}>
              {panel.repeat && <Badge level="accent">{text.value.repeats(panel.repeat)}</Badge>}
              {handle}
              <IconButton
                icon="edit"
                label={text.value.edit(title)}
                onClick={() => setQuery({ editPanel: String(panel.id) }, 'push')}
              />
              <IconButton icon="copy" label={text.value.copy(title)} onClick={() => copyPanel(panel)} />
              <IconButton
                icon="plus"
                label={text.value.duplicate(title)}
                onClick={() => duplicate(session, panel)}
              />
              <IconButton
                icon="trash"
                label={text.value.remove(title)}
                onClick={() => remove(session, panel)}
              />
            </div>
            <button
              type="button"
              class="edit-resize"
              tabIndex={-1}
              aria-label={text.value.resize(title)}
              onPointerDown={resize.onPointerDown}
            />
          </>
        )}
      </div>
    </div>
  );
}

/** Where a panel is to go: a place in the grid, or so far up or down the one column of a narrow page. */
type Target = { x: number; y: number } | { byRows: number };

function placed(dashboard: Dashboard, id: number, to: Target): Dashboard {
  return 'byRows' in to ? moveInStack(dashboard, id, to.byRows) : movePanel(dashboard, id, to);
}

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
