import { computed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { query, setQuery } from '../../router/location';

export type KioskMode = 'full' | 'tv' | null;

/** Without anything around the panels: `kiosk` in the URL; `kiosk=tv` keeps the title and hides an idle pointer. */
export const kioskMode = computed<KioskMode>(() => {
  const value = query.value.get('kiosk');
  if (value === null || value === '0' || value === 'false') return null;
  return value === 'tv' ? 'tv' : 'full';
});

const idleMilliseconds = 3000;

/** Carries the mode to the document while a dashboard is open. */
export function useKiosk(): void {
  const mode = kioskMode.value;
  useEffect(() => {
    const root = document.documentElement;
    if (mode === null) return;
    root.dataset.kiosk = mode;
    let timer = 0;
    const wake = () => {
      delete root.dataset.idle;
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        root.dataset.idle = '';
      }, idleMilliseconds);
    };
    wake();
    document.addEventListener('pointermove', wake);
    return () => {
      document.removeEventListener('pointermove', wake);
      clearTimeout(timer);
      delete root.dataset.kiosk;
      delete root.dataset.idle;
    };
  }, [mode]);
}

/** From one mode to the next: none, TV, nothing but panels. */
export function nextKioskMode(): void {
  const next = { none: 'tv', tv: '1', full: null } as const;
  setQuery({ kiosk: next[kioskMode.peek() ?? 'none'] }, 'push');
}

export function leaveKiosk(): void {
  setQuery({ kiosk: null }, 'push');
}
