import { expect, test } from 'vitest';
import { palettes } from './palette';

type RGB = [number, number, number];

const surfaces = { light: '#ffffff', dark: '#14171b' } as const;

function linear(hex: string): RGB {
  return [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as RGB;
}

const apply = (matrix: readonly RGB[], [r, g, b]: RGB): RGB =>
  matrix.map(([x, y, z]) => x * r + y * g + z * b) as RGB;

/** Machado, Oliveira and Fernandes (2009), full severity, on linear RGB. */
const deficiencies: Record<string, RGB[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function oklab(rgb: RGB): RGB {
  const [l, m, s] = apply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb.map((channel) => Math.max(0, channel)) as RGB,
  ).map(Math.cbrt) as RGB;
  return apply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    [l, m, s],
  );
}

const luminance = ([r, g, b]: RGB) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const distance = (a: RGB, b: RGB) => 100 * Math.hypot(...a.map((value, i) => value - b[i]!));

for (const theme of ['light', 'dark'] as const) {
  test(`every colour of the ${theme} palette stands out from its surface`, () => {
    for (const color of palettes[theme]) {
      expect(contrast(color, surfaces[theme]), color).toBeGreaterThanOrEqual(3);
    }
  });

  test(`neighbours of the ${theme} palette stay apart for everyone`, () => {
    const colors = palettes[theme];
    const close: string[] = [];
    for (let i = 0; i + 1 < colors.length; i++) {
      const [a, b] = [linear(colors[i]!), linear(colors[i + 1]!)];
      if (distance(oklab(a), oklab(b)) < 14) close.push(`${colors[i]} ${colors[i + 1]} normal`);
      for (const [name, matrix] of Object.entries(deficiencies)) {
        const d = distance(oklab(apply(matrix, a)), oklab(apply(matrix, b)));
        if (d < 7) close.push(`${colors[i]} ${colors[i + 1]} ${name} ${d.toFixed(1)}`);
      }
    }
    expect(close).toEqual([]);
  });
}
