import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const overscan = 12;

/** Which of many rows of equal height are in sight of their scrolling element: `first` up to, not including, `last`. */
export function useVisibleRows(
  count: number,
  rowHeight: number,
): { scroller: RefObject<HTMLDivElement | null>; first: number; last: number } {
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = () => {
      // In whole rows, so that a pixel of scrolling does not draw anew.
      top.value = Math.floor(element.scrollTop / rowHeight);
    };
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    element.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [rowHeight]);
  const inSight = Math.ceil(height.value / rowHeight);
  const from = Math.max(0, Math.min(top.value, count - inSight));
  const first = Math.max(0, from - overscan);
  return { scroller, first, last: Math.min(count, from + inSight + overscan) };
}
