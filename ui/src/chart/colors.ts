import type { Theme } from '../shell/theme';

/** Colours of what stands around the data, from `tokens.css`. */
export type ChartColors = {
  surface: string;
  text: string;
  axis: string;
  grid: string;
  warn: string;
  bad: string;
  font: string;
};

const known = new Map<Theme, ChartColors>();

export function chartColors(theme: Theme): ChartColors {
  const kept = known.get(theme);
  if (kept) return kept;
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const colors = {
    surface: read('--surface'),
    text: read('--text'),
    axis: read('--axis-text'),
    grid: read('--grid-line'),
    warn: read('--warn'),
    bad: read('--bad'),
    font: getComputedStyle(document.body).fontFamily,
  };
  // While the theme changes, the document may still show the other one.
  if (root.dataset.theme === theme) known.set(theme, colors);
  return colors;
}
