/** Sizes of text that has to stay within a box. */

let context: CanvasRenderingContext2D | null | undefined;
const widths = new Map<string, number>();

/** Width in pixels of a text at 100 px. */
function widthAt100(text: string, weight: number): number {
  const key = `${weight} ${text}`;
  let width = widths.get(key);
  if (width !== undefined) return width;
  if (context === undefined) {
    context = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d');
  }
  if (context) {
    const family = getComputedStyle(document.documentElement).getPropertyValue('--font') || 'sans-serif';
    context.font = `${weight} 100px ${family}`;
    width = context.measureText(text).width;
  } else {
    width = text.length * 58;
  }
  if (widths.size > 4000) widths.clear();
  widths.set(key, width);
  return width;
}

export function textWidth(text: string, fontSize: number, weight = 400): number {
  return (widthAt100(text, weight) * fontSize) / 100;
}

export type FitOptions = { weight?: number; max?: number; min?: number; lineHeight?: number };

/** The greatest font size, in pixels, at which a text in one line keeps to a box. */
export function fontSizeFor(
  text: string,
  width: number,
  height: number,
  { weight = 400, max = Number.POSITIVE_INFINITY, min = 8, lineHeight = 1.15 }: FitOptions = {},
): number {
  // Digits of the real font may be a little wider than those measured.
  const byWidth = (width / (widthAt100(text || '0', weight) * 1.02)) * 100;
  const size = Math.min(byWidth, height / lineHeight, max);
  return Math.max(min, Math.floor(size * 10) / 10);
}
