import './popover.css';
import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

export type PopoverProps = {
  /** Draws the button that opens it. */
  trigger(props: { isOpen: boolean; toggle(): void }): VNode;
  /** The accessible name of what opens. */
  label: string;
  align?: 'start' | 'end';
  side?: 'below' | 'above';
  children(close: () => void): ComponentChildren;
  /** Opens and closes from outside, as a key does. */
  isOpen?: Signal<boolean>;
};

/** A small dialog beside its trigger. Escape, a click elsewhere or losing the focus closes it. */
export function Popover({ trigger, label, align = 'start', side = 'below', children, isOpen }: PopoverProps) {
  const own = useSignal(false);
  const open = isOpen ?? own;
  const root = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const close = () => {
    if (!open.peek()) return;
    open.value = false;
    root.current?.querySelector<HTMLElement>('button')?.focus();
  };
  useEffect(() => {
    if (!open.value) return;
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) open.value = false;
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    return () => document.removeEventListener('pointerdown', onPointerDown, true);
  }, [open.value]);
  useLayoutEffect(() => {
    const box = content.current;
    if (!open.value || !box) return;
    // Kept inside of the viewport, whatever the alignment.
    box.style.translate = '';
    const { left, right } = box.getBoundingClientRect();
    const room = 8;
    const viewport = document.documentElement.clientWidth;
    const shift = right > viewport - room ? viewport - room - right : left < room ? room - left : 0;
    if (shift !== 0) box.style.translate = `${shift}px`;
    // Focusing a field would bring up the keyboard of a phone.
    const first = matchMedia('(pointer: coarse)').matches ? 'button, a' : 'input, button, select, a';
    box.querySelector<HTMLElement>(first)?.focus({ preventScroll: true });
  }, [open.value]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to the keys of what it holds
    <div
      class="popover"
      ref={root}
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
        <div class={`popover-content is-${align} is-${side}`} role="dialog" aria-label={label} ref={content}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

export type MenuItem = { value: string; label: string; note?: string };

/** A list of choices for inside of a popover. */
export function ChoiceList({
  label,
  items,
  value,
  onChoose,
}: {
  label: string;
  items: readonly MenuItem[];
  value?: string;
  onChoose(value: string): void;
}) {
  return (
    <ul class="choice-list" aria-label={label}>
      {items.map((item) => (
        <li key={item.value}>
          <button
            type="button"
            class="choice-item"
            aria-pressed={item.value === value}
            onClick={() => onChoose(item.value)}
          >
            {item.label}
            {item.note && <span class="choice-note">{item.note}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}
