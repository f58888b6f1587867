import { mixColors, namedColor } from '../../frame/colors';
import type { Theme } from '../../shell/theme';

/**
 * Colours from few to many. Most are those of ColorBrewer (Cynthia Brewer); the
 * perceptual ones are points of matplotlib's maps.
 */
type Scheme = {
  stops: string;
  /** Turned around always, or where the theme's surface is at its wrong end. */
  turned?: 'always' | 'dark' | 'light';
};

const brewer = (stops: string): Scheme => ({ stops, turned: 'dark' });
const map = (stops: string): Scheme => ({ stops, turned: 'light' });

export const schemes: Record<string, Scheme> = {
  Spectral: {
    stops: '9e0142 d53e4f f46d43 fdae61 fee08b ffffbf e6f598 abdda4 66c2a5 3288bd 5e4fa2',
    turned: 'always',
  },
  RdYlGn: {
    stops: 'a50026 d73027 f46d43 fdae61 fee08b ffffbf d9ef8b a6d96a 66bd63 1a9850 006837',
    turned: 'always',
  },
  RdYlBu: {
    stops: 'a50026 d73027 f46d43 fdae61 fee090 ffffbf e0f3f8 abd9e9 74add1 4575b4 313695',
    turned: 'always',
  },
  RdBu: {
    stops: '67001f b2182b d6604d f4a582 fddbc7 f7f7f7 d1e5f0 92c5de 4393c3 2166ac 053061',
    turned: 'always',
  },
  Blues: brewer('f7fbff deebf7 c6dbef 9ecae1 6baed6 4292c6 2171b5 08519c 08306b'),
  Greens: brewer('f7fcf5 e5f5e0 c7e9c0 a1d99b 74c476 41ab5d 238b45 006d2c 00441b'),
  Greys: brewer('ffffff f0f0f0 d9d9d9 bdbdbd 969696 737373 525252 252525 000000'),
  Oranges: brewer('fff5eb fee6ce fdd0a2 fdae6b fd8d3c f16913 d94801 a63603 7f2704'),
  Purples: brewer('fcfbfd efedf5 dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d'),
  Reds: brewer('fff5f0 fee0d2 fcbba1 fc9272 fb6a4a ef3b2c cb181d a50f15 67000d'),
  BuGn: brewer('f7fcfd e5f5f9 ccece6 99d8c9 66c2a4 41ae76 238b45 006d2c 00441b'),
  BuPu: brewer('f7fcfd e0ecf4 bfd3e6 9ebcda 8c96c6 8c6bb1 88419d 810f7c 4d004b'),
  GnBu: brewer('f7fcf0 e0f3db ccebc5 a8ddb5 7bccc4 4eb3d3 2b8cbe 0868ac 084081'),
  OrRd: brewer('fff7ec fee8c8 fdd49e fdbb84 fc8d59 ef6548 d7301f b30000 7f0000'),
  PuBu: brewer('fff7fb ece7f2 d0d1e6 a6bddb 74a9cf 3690c0 0570b0 045a8d 023858'),
  PuBuGn: brewer('fff7fb ece2f0 d0d1e6 a6bddb 67a9cf 3690c0 02818a 016c59 014636'),
  PuRd: brewer('f7f4f9 e7e1ef d4b9da c994c7 df65b0 e7298a ce1256 980043 67001f'),
  RdPu: brewer('fff7f3 fde0dd fcc5c0 fa9fb5 f768a1 dd3497 ae017e 7a0177 49006a'),
  YlGn: brewer('ffffe5 f7fcb9 d9f0a3 addd8e 78c679 41ab5d 238443 006837 004529'),
  YlGnBu: brewer('ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58'),
  YlOrBr: brewer('ffffe5 fff7bc fee391 fec44f fe9929 ec7014 cc4c02 993404 662506'),
  YlOrRd: brewer('ffffcc ffeda0 fed976 feb24c fd8d3c fc4e2a e31a1c bd0026 800026'),
  Turbo: map('23171b 4a58dd 2f9df5 27d7c4 4df884 95fb51 dedd32 ffa423 f65f18 ba2208 900c00'),
  Cividis: map('002051 0a326a 2b446e 4d566d 696970 7f7c75 948f78 ada476 caba6a ead156 fdea45'),
  Viridis: map('440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725'),
  Magma: map('000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf'),
  Inferno: map('000004 160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4'),
  Plasma: map('0d0887 41049d 6a00a8 8f0da4 b12a90 cc4778 e16462 f2844b fca636 fcce25 f0f921'),
  Warm: map('6e40aa 963db3 bf3caf e4419d fe4b83 ff5e63 ff7847 fb9633 e2b72f c6d63c aff05b'),
  Cool: map('6e40aa 6054c8 4c6edb 368ce1 23abd8 1ac7c2 1ddfa3 30ef82 52f667 7ff658 aff05b'),
  Rainbow: map('6e40aa bf3caf fe4b83 ff7847 e2b72f aff05b 52f667 1ddfa3 23abd8 4c6edb 6e40aa'),
};

export type ColorOptions = {
  mode?: 'scheme' | 'opacity';
  scheme?: string;
  fill?: string;
  scale?: 'exponential' | 'linear';
  exponent?: number;
  steps?: number;
  reverse?: boolean;
  min?: number;
  max?: number;
};

/** Colours of a heatmap in steps, from few to many. */
export function heatmapColors(options: ColorOptions, theme: Theme, surface: string): string[] {
  const { mode = 'scheme', scheme = 'Oranges', fill = 'dark-orange', reverse = false } = options;
  const steps = Math.min(128, Math.max(2, Math.round(options.steps ?? 64)));
  const share = (step: number) => step / (steps - 1);
  let colors: string[];
  if (mode === 'opacity') {
    const color = namedColor(fill, theme);
    const exponent = options.scale === 'linear' ? 1 : (options.exponent ?? 0.5);
    colors = Array.from({ length: steps }, (_, step) => mixColors(surface, color, share(step) ** exponent));
  } else {
    const { stops, turned } = schemes[scheme] ?? schemes.Oranges!;
    const hexes = stops.split(' ').map((hex) => `#${hex}`);
    if (turned === 'always' || turned === theme) hexes.reverse();
    colors = Array.from({ length: steps }, (_, step) => between(hexes, share(step)));
  }
  return reverse ? colors.reverse() : colors;
}

function between(colors: readonly string[], share: number): string {
  const place = share * (colors.length - 1);
  const left = Math.min(colors.length - 2, Math.floor(place));
  return mixColors(colors[left]!, colors[left + 1]!, place - left);
}

/** The step of a value between the ends. */
export function stepOf(value: number, min: number, max: number, steps: number): number {
  if (!(max > min)) return steps - 1;
  return Math.min(steps - 1, Math.max(0, Math.floor(((value - min) / (max - min)) * steps)));
}
