import './toasts.css';
import { signal } from '@preact/signals';
import { IconButton } from '../components/button';
import { Icon } from '../components/icon';
import { text } from '../i18n/text';

export type Toast = {
  level: 'info' | 'ok' | 'warn' | 'bad';
  message: string;
  detail?: string;
  /** What can be done about it. */
  link?: { label: string; onClick(): void };
};

const shown = signal<(Toast & { id: number })[]>([]);
let nextId = 1;

/** Tells of something that happened, at the edge of the page. What went wrong stays longer. */
export function toast(content: Toast): void {
  const id = nextId++;
  const alike = (other: Toast) => other.message === content.message && other.detail === content.detail;
  shown.value = [
    ...shown
      .peek()
      .filter((other) => !alike(other))
      .slice(-3),
    { ...content, id },
  ];
  window.setTimeout(() => dismiss(id), content.level === 'bad' || content.level === 'warn' ? 12_000 : 4_000);
}

function dismiss(id: number): void {
  shown.value = shown.peek().filter((other) => other.id !== id);
}

const icons = { info: 'info', ok: 'check', warn: 'warning', bad: 'error' } as const;

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ id, level, message, detail, link }) => (
        <div key={id} class={`toast is-${level}`}>
          <Icon name={icons[level]} />
          <div class="toast-body">
            {message}
            {detail && <p class="toast-detail">{detail}</p>}
            {link && (
              <button type="button" class="toast-link" onClick={link.onClick}>
                {link.label}
              </button>
            )}
          </div>
          <IconButton icon="close" label={text.value.common.close} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
