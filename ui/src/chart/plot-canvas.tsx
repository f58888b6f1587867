import './chart.css';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type PlotState, PlotView } from './plot-view';

export type PlotCanvasProps = {
  /** What is drawn, in words. */
  label: string;
  isBusy: boolean;
  /** Shown instead of a plot; `null` when there is one. */
  emptyText: string | null;
  state: PlotState;
};

/** The element of a plot that is no graph over time. */
export function PlotCanvas({ label, isBusy, emptyText, state }: PlotCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<PlotView | null>(null);
  useLayoutEffect(() => {
    view.current = new PlotView(host.current!, state);
    return () => view.current?.destroy();
  }, []);
  useLayoutEffect(() => {
    view.current?.update(state);
  });
  return (
    <div class="chart-plot" ref={host} role="img" aria-label={label} aria-busy={isBusy}>
      {emptyText !== null && <div class="chart-empty">{isBusy ? '' : emptyText}</div>}
    </div>
  );
}
