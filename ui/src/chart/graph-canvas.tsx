import './chart.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { GraphState } from './graph-model';
import { GraphView } from './graph-view';

export type GraphCanvasProps = {
  /** What is drawn, in words. */
  label: string;
  /** Pixels; as high as its container when absent. */
  height?: number;
  isBusy: boolean;
  /** Shown instead of curves; `null` when there are some. */
  emptyText: string | null;
  /** What helps then. */
  emptyAction?: { text: string; act(): void };
  /** Filled with what brings one series forward. */
  highlight: { current: (id: string | null) => void };
  state: Omit<GraphState, 'onAnnounce'>;
};

/** The element of a graph over time, with its keys and its words for people who cannot see it. */
export function GraphCanvas(props: GraphCanvasProps) {
  const { label, height, isBusy, emptyText, emptyAction, highlight, state } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<GraphView | null>(null);
  const announcement = useRef<HTMLDivElement>(null);
  const whole: GraphState = {
    ...state,
    onAnnounce: (words) => {
      if (announcement.current) announcement.current.textContent = words;
    },
  };
  useLayoutEffect(() => {
    view.current = new GraphView(host.current!, whole);
    highlight.current = (id) => view.current?.highlight(id);
    return () => view.current?.destroy();
  }, []);
  useLayoutEffect(() => {
    view.current?.update(whole);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (direction !== 0 && view.current?.moveCursor(direction * (event.shiftKey ? 10 : 1)))
      event.preventDefault();
    if (event.key === 'Escape') view.current?.clearCursor();
  };
  return (
    <>
      <div
        class="chart-plot"
        style={height === undefined ? undefined : { height: `${height}px` }}
        ref={host}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the crosshair
        tabIndex={0}
        aria-label={label}
        aria-busy={isBusy}
        onKeyDown={onKeyDown}
        onBlur={() => view.current?.clearCursor()}
      >
        {emptyText !== null && (
          <div class={isBusy ? 'chart-empty is-loading' : 'chart-empty'}>
            <div>
              {emptyText}
              {emptyAction && emptyText !== '' && (
                <div>
                  <button type="button" class="chart-empty-action" onClick={emptyAction.act}>
                    {emptyAction.text}
                  </button>
                </div>
              )}
            </div>
          </div>
        )}
      </div>
      <div class="visually-hidden" aria-live="polite" ref={announcement} />
    </>
  );
}
