import { computed, effect, signal } from '@preact/signals';
import { isOneOf, preference } from '../preference';

export type Theme = 'light' | 'dark';

export const themePreference = preference('theme', 'system', isOneOf('system', 'light', 'dark'));

const darkMedia = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
const systemIsDark = signal(darkMedia?.matches ?? false);
darkMedia?.addEventListener('change', (event) => {
  systemIsDark.value = event.matches;
});

/** The theme in use. Whatever paints outside CSS (charts) reads it to repaint. */
export const theme = computed<Theme>(() => {
  if (themePreference.value !== 'system') return themePreference.value;
  return systemIsDark.value ? 'dark' : 'light';
});

/** Goes to the other theme: what a person who presses the key wants to see. */
export function toggleTheme(): void {
  themePreference.value = theme.value === 'dark' ? 'light' : 'dark';
}

export function applyTheme(): () => void {
  return effect(() => {
    document.documentElement.dataset.theme = theme.value;
    const background = getComputedStyle(document.documentElement).getPropertyValue('--bg').trim();
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', background);
  });
}
