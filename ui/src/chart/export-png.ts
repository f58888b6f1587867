import type { Theme } from '../shell/theme';
import { theme as currentTheme } from '../shell/theme';
import { chartColors } from './colors';
import { surfaceOf } from './surface';

const padding = 12;
const titleHeight = 28;

/**
 * A panel as a PNG: its title, the canvases in it as they are shown, and the
 * words around them (legends, values) at their places. `null` where the panel has
 * no canvas and no text.
 */
export async function exportPng(panel: HTMLElement, title: string): Promise<Blob | null> {
  const theme: Theme = currentTheme.value;
  const colors = chartColors(theme);
  const rect = panel.getBoundingClientRect();
  if (rect.width === 0 || rect.height === 0) return null;
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round((rect.width + 2 * padding) * ratio);
  canvas.height = Math.round((rect.height + titleHeight + 2 * padding) * ratio);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.scale(ratio, ratio);
  context.fillStyle = colors.surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colors.text;
  context.textBaseline = 'middle';
  context.font = `600 14px ${colors.font}`;
  context.fillText(title, padding, padding + titleHeight / 2 - 4, rect.width);
  context.translate(padding - rect.left, padding + titleHeight - rect.top);
  for (const element of panel.querySelectorAll('canvas')) paintCanvas(context, element, ratio);
  paintTexts(context, panel);
  await paintDrawings(context, panel);
  return await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

function paintCanvas(context: CanvasRenderingContext2D, element: HTMLCanvasElement, ratio: number): void {
  const host = element.parentElement;
  if (host) surfaceOf(host)?.paintNow(ratio);
  const { left, top, width, height } = element.getBoundingClientRect();
  if (element.width > 0 && element.height > 0 && width > 0)
    context.drawImage(element, left, top, width, height);
}

/** Words and little marks of colour, as the browser laid them out. */
function paintTexts(context: CanvasRenderingContext2D, panel: HTMLElement): void {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element && node.matches('.visually-hidden, [hidden], svg')
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  const range = document.createRange();
  const clip = panel.getBoundingClientRect();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof HTMLElement) {
      paintBackground(context, node, clip);
      continue;
    }
    const parent = node.parentElement;
    const words = node.textContent?.trim();
    if (!parent || !words || node.nodeType !== Node.TEXT_NODE) continue;
    range.selectNodeContents(node);
    const { left, top, width, height } = range.getBoundingClientRect();
    if (width === 0 || !isShown(parent, { left, top, width, height })) continue;
    const style = getComputedStyle(parent);
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.textAlign = 'left';
    context.fillText(
      words,
      left,
      top + height / 2,
      Math.min(width, parent.getBoundingClientRect().width) + 1,
    );
  }
}

type Place = { left: number; top: number; width: number; height: number };

/** Whether nothing around it cuts it off. */
function isShown(element: Element, { left, top, width, height }: Place): boolean {
  for (let around: Element | null = element; around; around = around.parentElement) {
    if (getComputedStyle(around).overflow === 'visible') continue;
    const outer = around.getBoundingClientRect();
    const [x, y] = [left + Math.min(width, 4) / 2, top + height / 2];
    if (x < outer.left - 1 || x > outer.right + 1 || y < outer.top - 1 || y > outer.bottom + 1) return false;
  }
  return true;
}

function paintBackground(context: CanvasRenderingContext2D, element: HTMLElement, clip: DOMRect): void {
  const { backgroundColor } = getComputedStyle(element);
  if (backgroundColor === 'rgba(0, 0, 0, 0)' || backgroundColor === 'transparent') return;
  const { left, top, width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0 || !isShown(element, { left, top, width, height })) return;
  const right = Math.min(left + width, clip.right);
  context.fillStyle = backgroundColor;
  context.fillRect(left, top, right - left, Math.min(height, clip.bottom - top));
}

/** Gauges and sparklines that are drawings in the document. */
async function paintDrawings(context: CanvasRenderingContext2D, panel: HTMLElement): Promise<void> {
  for (const drawing of panel.querySelectorAll('svg')) {
    const { left, top, width, height } = drawing.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    const copy = drawing.cloneNode(true) as SVGSVGElement;
    writeStyles(drawing, copy);
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('width', String(width));
    copy.setAttribute('height', String(height));
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    try {
      await image.decode();
    } catch {
      // A drawing that cannot stand alone is left out; the rest of the picture is worth having.
      continue;
    }
    context.drawImage(image, left, top, width, height);
  }
}

/** A drawing apart from its document does not know the document's styles. */
function writeStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  const kept = [
    'fill',
    'stroke',
    'stroke-width',
    'stroke-linecap',
    'opacity',
    'fill-opacity',
    'font-size',
    'font-family',
    'font-weight',
    'text-anchor',
    'color',
  ];
  to.setAttribute('style', kept.map((name) => `${name}:${style.getPropertyValue(name)}`).join(';'));
  for (let i = 0; i < from.children.length; i++) writeStyles(from.children[i]!, to.children[i]!);
}
