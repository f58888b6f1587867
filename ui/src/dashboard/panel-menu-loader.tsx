import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PanelHeaderProps } from './panel-header';

export type PanelMenuProps = PanelHeaderProps & { name: string; close(): void };

const loaded = signal<{ component: ComponentType<PanelMenuProps> } | null>(null);

/** The menu of a panel, a chunk that comes when the first is opened. */
export function PanelMenu(props: PanelMenuProps) {
  useEffect(() => {
    if (loaded.peek()) return;
    void import('./panel-menu').then((module) => {
      loaded.value = { component: module.LoadedPanelMenu };
    });
  }, []);
  if (!loaded.value) return <div class="panel-menu" aria-busy="true" />;
  const { component: Menu } = loaded.value;
  return <Menu {...props} />;
}
