import './floating.css';
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

export type FloatingProps = {
  /** What it opens beside. */
  anchor: RefObject<HTMLElement | null>;
  onClose(): void;
  children: ComponentChildren;
  /** As wide as the anchor, at least. */
  fits?: boolean;
  /** A dialog's accessible name; without one the content has roles of its own. */
  label?: string;
};

/**
 * What opens beside a control, above everything and never cut off by a pane that
 * scrolls: the browser's top layer. Escape and a click elsewhere close it.
 */
export function Floating({ anchor, onClose, children, fits, label }: FloatingProps) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const element = box.current!;
    element.showPopover?.();
    const place = () => {
      const at = anchor.current?.getBoundingClientRect();
      if (!at) return;
      if (fits) element.style.minWidth = `${at.width}px`;
      const { width, height } = element.getBoundingClientRect();
      const gap = 4;
      const below = window.innerHeight - at.bottom - gap;
      const isAbove = below < height && at.top > below;
      element.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
      element.style.top = `${Math.max(8, isAbove ? at.top - gap - height : at.bottom + gap)}px`;
      element.style.maxHeight = `${Math.max(120, (isAbove ? at.top : window.innerHeight - at.bottom) - 16)}px`;
    };
    place();
    const observer = new ResizeObserver(place);
    observer.observe(element);
    window.addEventListener('scroll', place, true);
    window.addEventListener('resize', place);
    return () => {
      observer.disconnect();
      window.removeEventListener('scroll', place, true);
      window.removeEventListener('resize', place);
    };
  }, []);

  useEffect(() => {
    const onPointerDown = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) close.current();
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    return () => document.removeEventListener('pointerdown', onPointerDown, true);
  }, []);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to the keys of what it holds
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: there is a role where there is a label
    <div
      class="floating"
      popover="manual"
      ref={box}
      role={label ? 'dialog' : undefined}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        close.current();
      }}
    >
      {children}
    </div>
  );
}
