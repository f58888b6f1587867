import type { Theme } from '../shell/theme';

/** Grafana's five shades of a hue, from the lightest to the darkest. */
const shades = ['super-light-', 'light-', '', 'semi-dark-', 'dark-'] as const;

const hues: Record<Theme, Record<string, string>> = {
  dark: {
    red: '#ffa6b0 #ff7383 #f2495c #e02f44 #c4162a',
    orange: '#ffcb7d #ffb357 #ff9830 #ff780a #fa6400',
    yellow: '#fff899 #ffee52 #fade2a #f2cc0c #e0b400',
    green: '#c8f2c2 #96d98d #73bf69 #56a64b #37872d',
    blue: '#c0d8ff #8ab8ff #5794f2 #3274d9 #1f60c4',
    purple: '#deb6f2 #ca95e5 #b877d9 #a352cc #8f3bb8',
  },
  light: {
    red: '#ff7383 #f2495c #e02f44 #c4162a #ad0317',
    orange: '#ffb357 #ff9830 #ff780a #fa6400 #e55400',
    yellow: '#ffee52 #fade2a #f2cc0c #e0b400 #cc9d00',
    green: '#96d98d #73bf69 #56a64b #37872d #19730e',
    blue: '#8ab8ff #5794f2 #3274d9 #1f60c4 #1250b0',
    purple: '#ca95e5 #b877d9 #a352cc #8f3bb8 #7c2ea3',
  },
};

/** What panels are painted on, as `--surface` and `--text` in tokens.css. */
export const surfaces: Record<Theme, string> = { light: '#ffffff', dark: '#14171b' };
export const textColors: Record<Theme, string> = { light: '#171a20', dark: '#e8eaee' };

/** Nothing to be seen. Every other colour here is opaque. */
export const transparent = '#00000000';

const classicPalette = (
  'green semi-dark-yellow light-blue semi-dark-orange red blue purple #705da0 dark-green yellow #447ebc #c15c17 ' +
  '#890f02 #0a437c #6d1f62 #584477 #b7dbab #f4d598 #70dbed #f9ba8f #f29191 #82b5d8 #e5a8e2 #aea2e0 #629e51 #e5ac0e ' +
  '#64b0c8 #e0752d #bf1b00 #0a50a1 #962d82 #614d93 #9ac48a #f2c96d #65c5db #f9934e #ea6460 #5195ce #d683ce #806eb7 ' +
  '#3f6833 #967302 #2f575e #99440a #58140c #052b51 #511749 #3f2b5b #e0f9d7 #fceaca #cffaff #f9e2d2 #fce2de #badff4 ' +
  '#f9d9f9 #dedaf7'
).split(' ');

const named: Record<Theme, Map<string, string>> = { light: new Map(), dark: new Map() };

function known(theme: Theme): Map<string, string> {
  const names = named[theme];
  if (names.size > 0) return names;
  for (const [hue, colors] of Object.entries(hues[theme])) {
    colors.split(' ').forEach((color, index) => {
      names.set(shades[index]! + hue, color);
    });
  }
  names.set('text', textColors[theme]);
  names.set('panel-bg', surfaces[theme]);
  names.set('transparent', transparent);
  return names;
}

/**
 * A colour of a dashboard as `#rrggbb`: Grafana's names (`semi-dark-red`), hex,
 * `rgb()`, `rgba()`, `hsl()`, CSS names. What lets something through is mixed with
 * the panel's surface, so that callers may add an opacity of their own.
 */
export function namedColor(name: string | undefined | null, theme: Theme): string {
  const names = known(theme);
  const key = name?.trim() || 'gray';
  let color = names.get(key);
  if (color === undefined) {
    color = parseColor(key, theme) ?? '#808080';
    // A hostile dashboard cannot make this grow without end.
    if (names.size < 5000) names.set(key, color);
  }
  return color;
}

export type Rgb = readonly [red: number, green: number, blue: number];

const two = (value: number) =>
  Math.round(Math.min(255, Math.max(0, value)))
    .toString(16)
    .padStart(2, '0');

export function hexOf([red, green, blue]: Rgb): string {
  return `#${two(red)}${two(green)}${two(blue)}`;
}

export function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** From `from` at 0 to `to` at 1. */
export function mixColors(from: string, to: string, share: number): string {
  const [a, b] = [rgbOf(from), rgbOf(to)];
  return hexOf([0, 1, 2].map((i) => a[i]! + (b[i]! - a[i]!) * share) as unknown as Rgb);
}

/** With an opacity of 0 to 1, as `#rrggbbaa`; what is transparent stays so. */
export function withOpacity(color: string, opacity: number): string {
  return color.length === 7 ? color + two(opacity * 255) : color;
}

function opaque(rgb: Rgb, alpha: number, theme: Theme): string {
  if (alpha <= 0) return transparent;
  return alpha >= 1 ? hexOf(rgb) : mixColors(surfaces[theme], hexOf(rgb), alpha);
}

const number = '\\s*(-?[\\d.]+)(%|deg)?\\s*';
const call = new RegExp(`^(rgb|hsl)a?\\(${number}[, ]${number}[, ]${number}(?:[,/]${number})?\\)$`, 'i');

function parseColor(text: string, theme: Theme): string | undefined {
  const hex = /^#([\da-f]{3,8})$/i.exec(text)?.[1];
  if (hex) {
    const full = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const alpha = full.length === 8 ? Number.parseInt(full.slice(6), 16) / 255 : 1;
    return opaque(rgbOf(`#${full}`), alpha, theme);
  }
  const found = call.exec(text);
  if (found) {
    const value = (index: number, whole: number) =>
      Number(found[index]) * (found[index + 1] === '%' ? whole / 100 : 1);
    const alpha = found[8] === undefined ? 1 : value(8, 1);
    const rgb: Rgb =
      found[1]!.toLowerCase() === 'rgb'
        ? [value(2, 255), value(4, 255), value(6, 255)]
        : rgbOfHsl(Number(found[2]), value(4, 1), value(6, 1));
    return opaque(rgb, alpha, theme);
  }
  return cssName(text, theme);
}

export function rgbOfHsl(hue: number, saturation: number, lightness: number): Rgb {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (shift: number) => {
    const k = (shift + hue / 30 + 12) % 12;
    return 255 * (lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Hue in degrees, saturation and lightness of 0 to 1. */
export function hslOf(color: string): [hue: number, saturation: number, lightness: number] {
  const [r, g, b] = rgbOf(color).map((channel) => channel / 255) as unknown as Rgb;
  const high = Math.max(r, g, b);
  const spread = high - Math.min(r, g, b);
  const lightness = high - spread / 2;
  if (spread === 0) return [0, 0, lightness];
  const hue =
    high === r ? ((g - b) / spread + 6) % 6 : high === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return [hue * 60, spread / (1 - Math.abs(2 * lightness - 1)), lightness];
}

const plainNames: Record<string, string> = {
  black: '#000000',
  white: '#ffffff',
  gray: '#808080',
  grey: '#808080',
};

/** The browser knows all names of CSS; none needs to be loaded. */
function cssName(name: string, theme: Theme): string | undefined {
  const plain = plainNames[name.toLowerCase()];
  if (plain) return plain;
  if (!/^[a-z]+$/i.test(name) || typeof document === 'undefined') return undefined;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return undefined;
  context.fillStyle = '#010203';
  context.fillStyle = name;
  const found = String(context.fillStyle);
  return found === '#010203' || /^[a-z]+$/i.test(found) ? undefined : parseColor(found, theme);
}

export function classicColor(index: number, theme: Theme): string {
  return namedColor(classicPalette[index % classicPalette.length], theme);
}

const readable: Partial<Record<Theme, string[]>> = {};

/** The palette's colours that stand out from the surface, one for each name. */
export function classicColorOfName(name: string, theme: Theme): string {
  // Against Grafana's own surfaces, so that a name has the colour that it has there.
  readable[theme] ??= classicPalette
    .map((color) => namedColor(color, theme))
    .filter((color) => contrast(color, theme === 'dark' ? '#181b1f' : '#ffffff') >= 3);
  let hash = 5381;
  for (let i = name.length - 1; i >= 0; i--) hash = (hash * 33) ^ name.charCodeAt(i);
  return readable[theme][(hash >>> 0) % readable[theme].length]!;
}

export function luminance(color: string): number {
  const [r, g, b] = rgbOf(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** As WCAG counts it: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on a colour. */
export function textOn(color: string): string {
  return contrast(color, '#ffffff') >= 2.6 ? '#ffffff' : '#171a20';
}

const continuous: Record<string, readonly string[]> = {
  'continuous-GrYlRd': ['green', 'yellow', 'red'],
  'continuous-RdYlGr': ['red', 'yellow', 'green'],
  'continuous-BlYlRd': ['dark-blue', 'super-light-yellow', 'dark-red'],
  'continuous-YlRd': ['super-light-yellow', 'dark-red'],
  'continuous-BlPu': ['blue', 'purple'],
  'continuous-YlBl': ['super-light-yellow', 'dark-blue'],
  'continuous-blues': ['panel-bg', 'dark-blue'],
  'continuous-reds': ['panel-bg', 'dark-red'],
  'continuous-greens': ['panel-bg', 'dark-green'],
  'continuous-purples': ['panel-bg', 'dark-purple'],
};

export function isContinuousMode(mode: string | undefined): boolean {
  return mode !== undefined && mode in continuous;
}

/** The ends and turns of a continuous mode. */
export function continuousStops(mode: string, theme: Theme): string[] {
  return (continuous[mode] ?? ['gray']).map((name) => namedColor(name, theme));
}

/** A colour of a continuous mode at 0 to 1. */
export function continuousColor(mode: string, share: number, theme: Theme): string {
  const stops = continuousStops(mode, theme);
  const place = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * (stops.length - 1);
  const left = Math.min(Math.floor(place), stops.length - 2);
  return stops.length === 1 ? stops[0]! : mixColors(stops[left]!, stops[left + 1]!, place - left);
}

/** The `index`-th of several colours that keep the hue of one. */
export function shadeOf(base: string, index: number): string {
  if (base.length !== 7) return base;
  const steps = [0, -0.14, 0.14, -0.24, 0.22, -0.07, 0.07];
  const [hue, saturation, lightness] = hslOf(base);
  const shifted = Math.min(0.92, Math.max(0.12, lightness + steps[index % steps.length]!));
  return index % steps.length === 0 ? base : hexOf(rgbOfHsl(hue, saturation, shifted));
}
