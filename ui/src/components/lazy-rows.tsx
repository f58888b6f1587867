import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export type LazyRowsProps<T> = {
  items: readonly T[];
  /** Unique among the items. */
  keyOf(item: T): string;
  /** The content of one list item. */
  children(item: T): ComponentChildren;
  /** About how high a row is, in pixels; rows may be higher. */
  rowHeight: number;
  class?: string;
  label?: string;
};

const chunkSize = 20;

/**
 * A list that may be very long: rows far out of sight are not in the document.
 * It goes by chunks, whose height is measured before they leave, so that rows
 * may have any height and the page's own scrolling stays.
 */
export function LazyRows<T>({ items, keyOf, children, rowHeight, class: name, label }: LazyRowsProps<T>) {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += chunkSize) chunks.push(items.slice(i, i + chunkSize));
  return (
    <>
      {chunks.map((chunk, index) => (
        <Chunk
          key={index}
          estimate={chunk.length * rowHeight}
          isFirst={index === 0}
          class={name}
          label={label}
          render={() => chunk.map((item) => <li key={keyOf(item)}>{children(item)}</li>)}
        />
      ))}
    </>
  );
}

type ChunkProps = {
  estimate: number;
  isFirst: boolean;
  class?: string;
  label?: string;
  render(): ComponentChildren;
};

function Chunk({ estimate, isFirst, class: name, label, render }: ChunkProps) {
  const list = useRef<HTMLUListElement>(null);
  const isShown = useSignal(isFirst);
  const measured = useRef<{ estimate: number; height: number } | null>(null);
  useEffect(() => {
    const element = list.current!;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry || entry.isIntersecting === isShown.peek()) return;
        if (!entry.isIntersecting) {
          // The row that has the focus stays.
          if (element.contains(document.activeElement)) return;
          measured.current = { estimate, height: entry.boundingClientRect.height };
        }
        isShown.value = entry.isIntersecting;
      },
      { rootMargin: '800px 0px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [estimate]);
  const known = measured.current?.estimate === estimate ? measured.current.height : estimate;
  return (
    <ul
      ref={list}
      class={name}
      aria-label={label}
      style={isShown.value ? undefined : { height: `${known}px` }}
    >
      {isShown.value && render()}
    </ul>
  );
}
