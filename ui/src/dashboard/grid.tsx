import './grid.css';
import { useComputed, useSignal } from '@preact/signals';
import { Component } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Icon } from '../components/icon';
import { type Box, boxesOf, type Cell, layOut } from './layout';
import { PanelView } from './panel-view';
import type { DashboardSession } from './session';
import { text } from './text';

/** Under this the panels stand one below the other. */
const narrowPx = 640;
/** How far out of sight panels are kept ready, in pixels. */
const overscanPx = 600;
/** When what is out of sight is made ready, too. */
const widenMilliseconds = 3000;
/** Scrolling redraws the grid only this often, in pixels. */
const scrollStepPx = 150;

/** All panels at their places; only those near the part in sight are in the document and asked for. */
export function DashboardGrid({ session }: { session: DashboardSession }) {
  const root = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  const sight = useSignal({ top: 0, bottom: 0 });
  useLayoutEffect(() => {
    const element = root.current!;
    // What is in sight comes first; what is near it when that had its time, or with the first scroll.
    let overscan = 0;
    const look = () => {
      const { top } = element.getBoundingClientRect();
      const from = Math.floor((-top - overscan) / scrollStepPx) * scrollStepPx;
      const bottom = -top + window.innerHeight;
      const to = overscan === 0 ? bottom : Math.ceil((bottom + overscan) / scrollStepPx) * scrollStepPx;
      const before = sight.peek();
      if (before.top !== from || before.bottom !== to) sight.value = { top: from, bottom: to };
    };
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
      look();
    });
    width.value = element.clientWidth;
    look();
    observer.observe(element);
    const widen = () => {
      overscan = overscanPx;
      look();
    };
    const timer = setTimeout(widen, widenMilliseconds);
    window.addEventListener('scroll', widen, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      window.removeEventListener('scroll', widen);
      window.removeEventListener('resize', look);
    };
  }, []);
  const cells = useCells(session);
  const isNarrow = width.value < narrowPx;
  const { boxes, height } = useMemo(
    () => boxesOf(cells.value, width.value, isNarrow),
    [cells.value, width.value, isNarrow],
  );
  const { top, bottom } = sight.value;
  return (
    <div class="dash-grid" ref={root} style={{ height: `${height}px` }}>
      {width.value > 0 &&
        cells.value.map((cell, index) => {
          const box = boxes[index]!;
          if (box.top + box.height < top || box.top > bottom) return null;
          return (
            <GridCell
              key={cell.key}
              session={session}
              cell={cell}
              left={box.left}
              top={box.top}
              width={box.width}
              height={box.height}
            />
          );
        })}
    </div>
  );
}

/** The cells of the dashboard; those that stay as they were stay the same objects. */
export function useCells(session: DashboardSession) {
  const last = useRef(new Map<string, Cell>());
  return useComputed(() => {
    const { variables } = session;
    const cells = layOut(session.dashboard.value.panels, {
      chosenOptions: (name) => {
        const state = variables.get(name);
        return state && (!state.loading || state.options.length > 0) ? variables.chosenOptions(name) : null;
      },
      isCollapsed: (key) => session.rows.value.get(key),
    });
    const next = new Map<string, Cell>();
    const stable = cells.map((cell) => {
      const before = last.current.get(cell.key);
      const scope =
        before && JSON.stringify(before.scope) === JSON.stringify(cell.scope) ? before.scope : cell.scope;
      const same = { ...cell, scope };
      next.set(cell.key, same);
      return same;
    });
    last.current = next;
    return stable;
  });
}

type GridCellProps = { session: DashboardSession; cell: Cell } & Box;

/** Draws again only when something of the cell changed, whatever the grid does around it. */
class GridCell extends Component<GridCellProps> {
  override shouldComponentUpdate(next: GridCellProps) {
    const { props } = this;
    return (
      next.session !== props.session ||
      next.left !== props.left ||
      next.top !== props.top ||
      next.width !== props.width ||
      next.height !== props.height ||
      next.cell.panel !== props.cell.panel ||
      next.cell.scope !== props.cell.scope ||
      next.cell.hidden !== props.cell.hidden
    );
  }

  override render({ session, cell, left, top, width, height }: GridCellProps) {
    return (
      <div
        class="dash-cell"
        style={{ left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` }}
      >
        {cell.panel.type === 'row' ? (
          <RowHeader session={session} cell={cell} />
        ) : (
          <PanelView
            session={session}
            panel={cell.panel}
            scope={cell.scope}
            cellKey={cell.key}
            width={width}
            height={height}
            withMenu
          />
        )}
      </div>
    );
  }
}

function RowHeader({ session, cell }: { session: DashboardSession; cell: Cell }) {
  const { panel, scope, hidden } = cell;
  const title = session.interpolate(panel.title ?? '', scope, undefined, 'text');
  return (
    <h2>
      <button
        type="button"
        class="dash-row"
        aria-expanded={hidden === undefined}
        onClick={() => session.setRowCollapsed(cell.key, hidden === undefined)}
      >
        <Icon name="chevronDown" />
        <span class="dash-row-title">{title || text.value.untitledRow}</span>
        {hidden !== undefined && hidden > 0 && (
          <span class="dash-row-count">{text.value.panelCount(hidden)}</span>
        )}
      </button>
    </h2>
  );
}
