import { signal } from '@preact/signals';

export const isPaletteOpen = signal(false);
export const isKeysOpen = signal(false);

const isApple = /mac|iphone|ipad/i.test(globalThis.navigator?.userAgent ?? '');

/** The name of the key that `mod` stands for. */
export const modKey = isApple ? '⌘' : 'Ctrl';
