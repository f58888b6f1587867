import type { Theme } from '../shell/theme';

/**
 * Colours of series, in the order of their use. Neighbours stay apart for
 * people with protanopia, deuteranopia and tritanopia, and every colour has at
 * least 3:1 against the surface of its theme; `palette.test.ts` holds both.
 */
export const palettes: Record<Theme, readonly string[]> = {
  light: [
    '#2f6fde',
    '#c8570c',
    '#0b8a72',
    '#8a3ffc',
    '#a07700',
    '#0f7fa8',
    '#d02f72',
    '#5d7a1a',
    '#2b5a8c',
    '#a8452f',
    '#6b4fb3',
    '#8c6d46',
  ],
  dark: [
    '#6ea3ff',
    '#ff9a4d',
    '#2fc7a4',
    '#b78cff',
    '#e6c229',
    '#4fc3ea',
    '#ff7fae',
    '#a5c956',
    '#7fa6d6',
    '#e08369',
    '#8f86e8',
    '#c9b48e',
  ],
};

export function seriesColor(index: number, theme: Theme): string {
  const palette = palettes[theme];
  return palette[index % palette.length]!;
}
