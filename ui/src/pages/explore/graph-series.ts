import type { Matrix, MatrixSeries } from '../../api/columns';
import type { ChartSeries } from '../../chart/model';
import { palettes } from '../../chart/palette';
import type { Theme } from '../../shell/theme';
import { legendNames } from './legend';

/** Curves with unique names. `colorOf` decides about colours; without it the palette does. */
export function chartSeries(
  series: readonly MatrixSeries[],
  template: string,
  expr: string,
  colorOf?: (index: number) => string,
): ChartSeries[] {
  const names = legendNames(
    series.map(({ labels }) => labels),
    template,
    expr,
  );
  const used = new Map<string, number>();
  return series.map(({ values }, index) => ({
    name: uniqueName(names[index]!, used),
    values,
    color: colorOf?.(index),
  }));
}

function uniqueName(name: string, used: Map<string, number>): string {
  const before = used.get(name) ?? 0;
  used.set(name, before + 1);
  return before === 0 ? name : `${name} (${before + 1})`;
}

/**
 * The colour of the `index`-th of `count` series of one query among several:
 * each query has a hue of the palette, and its series are shades of that.
 */
export function queryShade(queryIndex: number, index: number, count: number, theme: Theme): string {
  const palette = palettes[theme];
  const base = palette[queryIndex % palette.length]!;
  if (count < 2) return base;
  const spread = Math.min(0.9, 0.25 * (count - 1));
  const position = (index / (count - 1) - 0.5) * spread;
  return mix(base, position < 0 ? '#000000' : '#ffffff', Math.abs(position));
}

function mix(color: string, other: string, share: number): string {
  const channel = (hex: string, i: number) => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  return `#${[0, 1, 2]
    .map((i) => Math.round(channel(color, i) * (1 - share) + channel(other, i) * share))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;
}

/** Values on another grid of the same step, for drawing results of different moments together. */
export function onGrid(matrix: Matrix, times: Float64Array): MatrixSeries[] {
  const { length } = times;
  if (
    matrix.times.length === length &&
    matrix.times[0] === times[0] &&
    matrix.times.at(-1) === times.at(-1)
  ) {
    return matrix.series;
  }
  const places = new Map<number, number>();
  times.forEach((time, i) => {
    places.set(Math.round(time * 1000), i);
  });
  return matrix.series.map(({ labels, values }) => {
    const moved = new Float64Array(length).fill(Number.NaN);
    values.forEach((value, i) => {
      const place = places.get(Math.round(matrix.times[i]! * 1000));
      if (place !== undefined) moved[place] = value;
    });
    return { labels, values: moved };
  });
}
