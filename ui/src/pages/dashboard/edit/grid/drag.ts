import { useSignal } from '@preact/signals';
import type { TargetedPointerEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { gridGap, gridRowHeight } from '../../../../dashboard/layout';
import type { GridPos } from '../../../../dashboard/model';

export type DragOptions<T> = {
  start(): GridPos;
  /** Where it is meant to be after that many pixels. */
  step(from: GridPos, dx: number, dy: number): T;
  preview(to: T): void;
  /** `null`: given up, with Escape or by the browser. */
  end(to: T | null): void;
};

const edgePx = 48;
const scrollPx = 14;

/** Dragging with a pointer of any kind. Near the edge of the window the page scrolls along. */
export function useDrag<T>(options: DragOptions<T>) {
  const latest = useRef(options);
  latest.current = options;
  /** Pixels of the dragged thing within the grid, for drawing it under the pointer. */
  const offset = useSignal<{ x: number; y: number } | null>(null);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    const from = latest.current.start();
    const cell = handle.closest<HTMLElement>('.edit-cell');
    const cells = cell?.parentElement;
    const left = (cell?.getBoundingClientRect().left ?? 0) - (cells?.getBoundingClientRect().left ?? 0);
    const top = from.y * (gridRowHeight + gridGap);
    const scrollAt = window.scrollY;
    let pointer = { x: event.clientX, y: event.clientY };
    const begin = { ...pointer };
    let frame = 0;
    let target: T | null = null;
    let written = '';
    const follow = () => {
      const dx = pointer.x - begin.x;
      const dy = pointer.y - begin.y + window.scrollY - scrollAt;
      offset.value = { x: left + dx, y: top + dy };
      const next = latest.current.step(from, dx, dy);
      if (JSON.stringify(next) === written) return;
      written = JSON.stringify(next);
      target = next;
      latest.current.preview(next);
    };
    const scroll = () => {
      const by = pointer.y < edgePx ? -scrollPx : pointer.y > window.innerHeight - edgePx ? scrollPx : 0;
      if (by !== 0) {
        window.scrollBy(0, by);
        follow();
      }
      frame = requestAnimationFrame(scroll);
    };
    const move = (moveEvent: PointerEvent) => {
      pointer = { x: moveEvent.clientX, y: moveEvent.clientY };
      follow();
    };
    const finish = (result: T | null) => {
      stop.current = null;
      cancelAnimationFrame(frame);
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', up);
      handle.removeEventListener('pointercancel', cancel);
      document.removeEventListener('keydown', onEscape, true);
      offset.value = null;
      latest.current.end(result);
    };
    const up = () => finish(target);
    const cancel = () => finish(null);
    const onEscape = (keyEvent: KeyboardEvent) => {
      if (keyEvent.key !== 'Escape') return;
      keyEvent.preventDefault();
      keyEvent.stopPropagation();
      finish(null);
    };
    stop.current = cancel;
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', up);
    handle.addEventListener('pointercancel', cancel);
    document.addEventListener('keydown', onEscape, true);
    frame = requestAnimationFrame(scroll);
  };
  return { offset, onPointerDown };
}
