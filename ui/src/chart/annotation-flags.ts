import type { AnnotationMark } from '../panels/plugin';
import { formatDateTime, type Zone } from '../time/zone';
import type { PlotBox } from './paint-series';
import type { Projection } from './scale';
import { hideTooltip, showTooltip } from './tooltip';

type Shown = {
  annotations: readonly AnnotationMark[];
  window: { from: number; to: number };
  zone: Zone;
};

/** The little flags below a graph: one for each annotation, with a card when it is pointed at or focused. */
export class AnnotationFlags {
  private readonly root = document.createElement('div');
  private builtFor: readonly AnnotationMark[] = [];
  private zone: Zone = 'local';

  constructor(host: HTMLElement) {
    this.root.className = 'chart-flags';
    host.append(this.root);
  }

  destroy(): void {
    hideTooltip(this);
    this.root.remove();
  }

  place({ annotations, window, zone }: Shown, box: PlotBox, x: Projection): void {
    this.zone = zone;
    if (annotations !== this.builtFor) {
      hideTooltip(this);
      this.root.replaceChildren(...annotations.map((mark) => this.flag(mark)));
      this.builtFor = annotations;
    }
    annotations.forEach(({ time, timeEnd = time }, index) => {
      const flag = this.root.children[index] as HTMLElement;
      const isInSight = timeEnd >= window.from && time <= window.to;
      flag.hidden = !isInSight;
      if (!isInSight) return;
      const from = x.toPixel(Math.max(time, window.from));
      const to = x.toPixel(Math.min(Math.max(time, timeEnd), window.to));
      const isRegion = timeEnd > time;
      flag.classList.toggle('is-region', isRegion);
      flag.style.left = `${isRegion ? from : from - 6}px`;
      flag.style.top = `${box.top + box.height - 1}px`;
      flag.style.width = isRegion ? `${Math.max(6, to - from)}px` : '';
    });
  }

  private flag(mark: AnnotationMark): HTMLElement {
    const flag = document.createElement('button');
    flag.type = 'button';
    flag.className = 'chart-flag';
    flag.style.setProperty('--mark', mark.color);
    flag.setAttribute('aria-label', [mark.title, mark.text].filter(Boolean).join(': ') || mark.source);
    const show = () => {
      const rect = flag.getBoundingClientRect();
      const { title, text, tags, time, timeEnd } = mark;
      const ends = timeEnd !== undefined && timeEnd > time ? [time, timeEnd] : [time];
      const when = ends.map((end) => formatDateTime(end / 1000, this.zone)).join(' – ');
      const note = [title, text].filter(Boolean).join('\n');
      showTooltip(this, { title: when, note, tags, rows: [] }, rect.left + rect.width / 2, rect.top);
    };
    const hide = () => hideTooltip(this);
    flag.addEventListener('pointerenter', show);
    flag.addEventListener('pointerleave', hide);
    flag.addEventListener('focus', show);
    flag.addEventListener('blur', hide);
    return flag;
  }
}
