import './badge.css';
import type { ComponentChildren } from 'preact';

export type Level = 'neutral' | 'ok' | 'warn' | 'bad' | 'accent';

/** A short state: a dot, so that colour is not alone, and its word. */
export function Badge({ level = 'neutral', children }: { level?: Level; children: ComponentChildren }) {
  return <span class={`badge is-${level}`}>{children}</span>;
}

/** `name="value"` as a chip. */
export function LabelChip({ name, value }: { name: string; value: string }) {
  return (
    <span class="label-chip" title={`${name}="${value}"`}>
      <span class="label-chip-name">{name}=</span>
      {`"${value}"`}
    </span>
  );
}

export function Kbd({ children }: { children: ComponentChildren }) {
  return <kbd class="kbd">{children}</kbd>;
}
