import './tooltip.css';
import type { TooltipAction } from './graph-model';

export type TooltipRow = { name: string; color: string; value: string; nearest: boolean };

export type TooltipContent = {
  title: string;
  rows: readonly TooltipRow[];
  /** How many rows were left out. */
  moreText?: string;
  /** Words below the title. */
  note?: string;
  /** Short words in boxes. */
  tags?: readonly string[];
  /** Heights of little bars below the rows, and which of them is meant. */
  bars?: { values: readonly number[]; at: number };
  /** Only in one that stays. */
  actions?: readonly TooltipAction[];
  maxWidth?: number;
  maxHeight?: number;
};

/**
 * Tooltips are plain DOM: they change with every move of the pointer. Each
 * chart has one while it shows something; charts that share theirs show one
 * each. One that was clicked stays, and can be worked with, until it is closed.
 */
const shown = new Map<object, { root: HTMLDivElement; close: AbortController | null }>();

export function showTooltip(by: object, content: TooltipContent, clientX: number, clientY: number): void {
  const kept = shown.get(by);
  if (kept?.close) return;
  const root = kept?.root ?? create(by);
  fill(root, content);
  place(root, clientX, clientY);
}

/** Keeps a tooltip where it is, with its links and buttons, until Escape, a click elsewhere or `hideTooltip`. */
export function pinTooltip(
  by: object,
  content: TooltipContent,
  clientX: number,
  clientY: number,
  closeText: string,
  onClose: () => void,
): void {
  hideTooltip(by);
  const root = create(by);
  const close = new AbortController();
  shown.set(by, { root, close });
  root.classList.add('is-pinned');
  root.setAttribute('role', 'dialog');
  root.setAttribute('aria-label', content.title);
  root.tabIndex = -1;
  fill(root, content);
  const end = () => {
    hideTooltip(by);
    onClose();
  };
  const button = element('button', 'tooltip-close', '×');
  button.setAttribute('aria-label', closeText);
  button.addEventListener('click', end);
  root.append(button);
  if (content.actions?.length) root.append(actionList(content.actions, end));
  place(root, clientX, clientY);
  root.focus({ preventScroll: true });
  const { signal } = close;
  document.addEventListener('keydown', (event) => event.key === 'Escape' && end(), { signal });
  document.addEventListener('pointerdown', (event) => root.contains(event.target as Node) || end(), {
    signal,
    capture: true,
  });
}

export function isTooltipPinned(by: object): boolean {
  return Boolean(shown.get(by)?.close);
}

export function hideTooltip(by: object): void {
  const kept = shown.get(by);
  if (!kept) return;
  kept.close?.abort();
  kept.root.remove();
  shown.delete(by);
}

function create(by: object): HTMLDivElement {
  const root = document.createElement('div');
  root.className = 'tooltip';
  root.setAttribute('role', 'tooltip');
  document.body.append(root);
  shown.set(by, { root, close: null });
  return root;
}

function fill(
  root: HTMLElement,
  { title, note, tags, rows, bars, moreText, maxWidth, maxHeight }: TooltipContent,
): void {
  const parts = [element('div', 'tooltip-title', title)];
  if (note) parts.push(element('div', 'tooltip-note', note));
  if (tags?.length) {
    const list = element('div', 'tooltip-tags');
    list.append(...tags.map((tag) => element('span', 'tooltip-tag', tag)));
    parts.push(list);
  }
  if (rows.length > 0) {
    const list = element('div', 'tooltip-rows');
    list.append(...rows.map(rowOf));
    if (maxHeight) list.style.maxHeight = `${maxHeight}px`;
    parts.push(list);
  }
  if (bars) parts.push(barList(bars));
  if (moreText) parts.push(element('div', 'tooltip-more', moreText));
  root.replaceChildren(...parts);
  root.style.maxWidth = maxWidth ? `min(${maxWidth}px, calc(100vw - 16px))` : '';
}

function place(root: HTMLElement, clientX: number, clientY: number): void {
  const { offsetWidth: width, offsetHeight: height } = root;
  const gap = 14;
  const room = 8;
  const fitsRight = clientX + gap + width + room <= window.innerWidth;
  const left = fitsRight ? clientX + gap : Math.max(room, clientX - gap - width);
  const top = Math.min(
    Math.max(room, clientY - height / 2),
    Math.max(room, window.innerHeight - height - room),
  );
  root.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function rowOf({ name, color, value, nearest }: TooltipRow): HTMLElement {
  const line = element('div', nearest ? 'tooltip-row is-nearest' : 'tooltip-row');
  const mark = element('span', 'tooltip-mark');
  mark.style.background = color;
  line.append(mark, element('span', 'tooltip-name', name), element('span', 'tooltip-value', value));
  return line;
}

function barList({ values, at }: NonNullable<TooltipContent['bars']>): HTMLElement {
  const list = element('div', 'tooltip-bars');
  const most = Math.max(...values, 1e-9);
  values.forEach((value, index) => {
    const bar = element('span', index === at ? 'is-nearest' : '');
    bar.style.height = `${Math.max(2, (value / most) * 100)}%`;
    list.append(bar);
  });
  return list;
}

function actionList(actions: readonly TooltipAction[], end: () => void): HTMLElement {
  const list = element('div', 'tooltip-actions');
  for (const { text, href, isNewTab, act } of actions) {
    if (href !== undefined) {
      const link = document.createElement('a');
      link.href = href;
      link.textContent = text;
      if (isNewTab) {
        link.target = '_blank';
        link.rel = 'noreferrer';
      }
      list.append(link);
    } else {
      const button = element('button', 'tooltip-action', text);
      button.addEventListener('click', () => {
        end();
        act?.();
      });
      list.append(button);
    }
  }
  return list;
}

function element(tag: string, className: string, text?: string): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  if (text !== undefined) created.textContent = text;
  return created;
}
