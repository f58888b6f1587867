import './sortable.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { announce } from './announce';
import { text } from './text';

/** A copy with one entry at another place. */
export function movedEntry<T>(entries: readonly T[], from: number, to: number): T[] {
  const copy = [...entries];
  const [entry] = copy.splice(from, 1);
  copy.splice(to, 0, entry!);
  return copy;
}

export type SortableProps = {
  label: string;
  /** Stable keys, in order. */
  keys: readonly string[];
  names: readonly string[];
  onMove(from: number, to: number): void;
  /** Draws one entry; `handle` is what it is dragged by. */
  children(at: number, handle: ComponentChildren): ComponentChildren;
};

/** A list in an order that is changed by dragging, or with the arrow keys on the handle. */
export function Sortable({ label, keys, names, onMove, children }: SortableProps) {
  const list = useRef<HTMLUListElement>(null);
  const drag = useSignal<{ from: number; to: number } | null>(null);

  const start = (from: number) => (event: TargetedPointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const boxes = [...(list.current?.children ?? [])].map((child) => child.getBoundingClientRect());
    drag.value = { from, to: from };
    const move = (moveEvent: PointerEvent) => {
      const to = boxes.filter(
        (box, at) => at !== from && box.top + box.height / 2 < moveEvent.clientY,
      ).length;
      if (drag.peek()?.to !== to) drag.value = { from, to };
    };
    const end = (endEvent: PointerEvent) => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', end);
      handle.removeEventListener('pointercancel', end);
      const last = drag.peek();
      drag.value = null;
      if (endEvent.type === 'pointerup' && last && last.to !== from) onMove(from, last.to);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', end);
    handle.addEventListener('pointercancel', end);
  };
  const step = (from: number, to: number) => {
    if (to < 0 || to >= keys.length) return;
    onMove(from, to);
    announce(text.value.movedTo(names[from] ?? '', to + 1, keys.length));
    // The handle went along with its entry.
    requestAnimationFrame(() =>
      list.current?.children[to]?.querySelector<HTMLElement>('.sortable-handle')?.focus(),
    );
  };
  return (
    <ul class="sortable" aria-label={label} ref={list}>
      {keys.map((key, at) => {
        const { from, to } = drag.value ?? { from: -1, to: -1 };
        const isTarget = drag.value !== null && to !== from && to === at;
        return (
          <li
            key={key}
            class={`sortable-item${at === from ? ' is-dragged' : ''}${
              isTarget ? (to > from ? ' is-target-below' : ' is-target-above') : ''
            }`}
          >
            {children(
              at,
              <button
                type="button"
                class="sortable-handle"
                aria-label={text.value.moveEntry(names[at] ?? '')}
                title={text.value.moveHint}
                onPointerDown={start(at)}
                onKeyDown={(event) => {
                  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
                  event.preventDefault();
                  step(at, at + (event.key === 'ArrowUp' ? -1 : 1));
                }}
              >
                <span aria-hidden="true">⠿</span>
              </button>,
            )}
          </li>
        );
      })}
    </ul>
  );
}
