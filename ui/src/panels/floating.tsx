import './floating.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

export type FloatingProps = {
  /** Draws the button that opens it. */
  trigger(props: { isOpen: boolean; toggle(): void }): VNode;
  /** The accessible name of what opens. */
  label: string;
  /** Of the element around the trigger. */
  class?: string;
  children(close: () => void): ComponentChildren;
};

const gap = 4;

/**
 * A small dialog beside its trigger, above everything else of the page: panels
 * cut off what leaves them. Escape, a click elsewhere, scrolling or losing the
 * focus closes it.
 */
export function Floating({ trigger, label, class: name, children }: FloatingProps) {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const close = () => {
    if (!open.peek()) return;
    open.value = false;
    root.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => {
    const box = content.current;
    const anchor = root.current?.firstElementChild;
    if (!open.value || !box || !anchor) return;
    box.setAttribute('popover', 'manual');
    box.showPopover?.();
    place(box, anchor.getBoundingClientRect());
    box.querySelector<HTMLElement>('input, button, a')?.focus({ preventScroll: true });
  }, [open.value]);
  useEffect(() => {
    if (!open.value) return;
    const closeOutside = (event: Event) => {
      if (!(event.target instanceof Node) || !root.current?.contains(event.target)) open.value = false;
    };
    const shut = () => {
      open.value = false;
    };
    document.addEventListener('pointerdown', closeOutside, true);
    document.addEventListener('scroll', closeOutside, true);
    window.addEventListener('resize', shut);
    return () => {
      document.removeEventListener('pointerdown', closeOutside, true);
      document.removeEventListener('scroll', closeOutside, true);
      window.removeEventListener('resize', shut);
    };
  }, [open.value]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to the keys of what it holds
    <div
      ref={root}
      class={name}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open.peek()) return;
        event.stopPropagation();
        close();
      }}
      onFocusOut={(event) => {
        const next = event.relatedTarget as Node | null;
        if (next && !root.current?.contains(next)) open.value = false;
      }}
    >
      {trigger({
        isOpen: open.value,
        toggle: () => {
          open.value = !open.value;
        },
      })}
      {open.value && (
        <div class="floating" role="dialog" aria-label={label} ref={content}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

/** Below its anchor where there is room, else above, and within the window. */
function place(box: HTMLElement, anchor: DOMRect): void {
  const { clientWidth, clientHeight } = document.documentElement;
  const { offsetWidth, offsetHeight } = box;
  const left = Math.max(gap, Math.min(anchor.left, clientWidth - offsetWidth - 2 * gap));
  const below = anchor.bottom + gap;
  const top = below + offsetHeight <= clientHeight ? below : Math.max(gap, anchor.top - gap - offsetHeight);
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}
