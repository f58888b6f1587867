import { signal } from '@preact/signals';
import type { PanelPlugin } from '../panels/plugin';
import { panelKind } from '../panels/registry';

/** A kind of panel on its way: `unknown` where Monopod has none of that name, `failed` where its chunk did not come. */
export type LoadedPlugin = PanelPlugin | 'loading' | 'unknown' | 'failed';

const loaded = signal<Readonly<Record<string, LoadedPlugin>>>({});

function put(type: string, plugin: LoadedPlugin): void {
  loaded.value = { ...loaded.peek(), [type]: plugin };
}

/** Starts loading a kind of panel, as soon as it is known that it will be drawn. */
export function preloadPlugin(type: string): void {
  if (Object.hasOwn(loaded.peek(), type)) return;
  const kind = panelKind(type);
  if (!kind) {
    put(type, 'unknown');
    return;
  }
  put(type, 'loading');
  kind.load().then(
    (plugin) => put(type, plugin),
    () => put(type, 'failed'),
  );
}

/** Read while rendering; call `preloadPlugin` first. */
export function pluginOf(type: string): LoadedPlugin {
  const plugins = loaded.value;
  return Object.hasOwn(plugins, type) ? plugins[type]! : 'loading';
}
