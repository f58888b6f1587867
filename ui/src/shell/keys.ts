import { useEffect, useRef } from 'preact/hooks';

/**
 * Keys of the keyboard by what is pressed: `t`, `?`, `g h` for two in turn,
 * `mod+k` for Ctrl or Cmd with K. They are ignored while the user types, those
 * with `mod` are not. What was bound last wins.
 */
export type KeyBindings = Record<string, () => void>;

const layers: { current: KeyBindings }[] = [];
const sequenceMilliseconds = 1200;
let prefix = '';
let prefixAtMilliseconds = 0;

export function useKeys(bindings: KeyBindings): void {
  const layer = useRef(bindings);
  layer.current = bindings;
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}

export function startKeys(): () => void {
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, [role=textbox]') !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const mod = event.ctrlKey || event.metaKey;
  if (!mod && (isTyping(event.target) || document.querySelector('dialog[open]'))) return;
  const key = mod ? `mod+${event.key.toLowerCase()}` : event.key;
  const now = performance.now();
  const sequence =
    prefix !== '' && now - prefixAtMilliseconds < sequenceMilliseconds ? `${prefix} ${key}` : '';
  prefix = '';
  for (let i = layers.length - 1; i >= 0; i--) {
    const bindings = layers[i]!.current;
    const action = (sequence && bindings[sequence]) || bindings[key];
    if (!action) continue;
    event.preventDefault();
    action();
    return;
  }
  const begins = layers.some(({ current }) =>
    Object.keys(current).some((bound) => bound.startsWith(`${key} `)),
  );
  if (begins) {
    prefix = key;
    prefixAtMilliseconds = now;
  }
}
