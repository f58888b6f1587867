import './tooltip.css';

export type TooltipRow = { name: string; color: string; value: string; nearest: boolean };

export type TooltipContent = {
  title: string;
  rows: TooltipRow[];
  /** How many rows were left out. */
  moreText: string;
};

/**
 * The one tooltip of the page. It is plain DOM: it changes with every move of
 * the pointer, and is never interactive.
 */
let root: HTMLDivElement | undefined;
let owner: object | undefined;

export function showTooltip(by: object, content: TooltipContent, clientX: number, clientY: number): void {
  if (!root) {
    root = document.createElement('div');
    root.className = 'tooltip';
    root.setAttribute('role', 'tooltip');
    document.body.append(root);
  }
  owner = by;
  root.replaceChildren(heading(content.title), ...content.rows.map(row));
  if (content.moreText) root.append(element('div', 'tooltip-more', content.moreText));
  root.classList.add('is-shown');
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

export function hideTooltip(by: object): void {
  if (owner !== by) return;
  owner = undefined;
  root?.classList.remove('is-shown');
}

function heading(title: string): HTMLElement {
  return element('div', 'tooltip-title', title);
}

function row({ name, color, value, nearest }: TooltipRow): HTMLElement {
  const line = element('div', nearest ? 'tooltip-row is-nearest' : 'tooltip-row');
  const mark = element('span', 'tooltip-mark');
  mark.style.background = color;
  line.append(mark, element('span', 'tooltip-name', name), element('span', 'tooltip-value', value));
  return line;
}

function element(tag: string, className: string, text?: string): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  if (text !== undefined) created.textContent = text;
  return created;
}
