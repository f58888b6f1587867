import { signal } from '@preact/signals';
import { formatValue } from '../format/units';
import { defineText } from '../i18n/language';
import { formatDateTime } from '../time/zone';

const text = defineText(
  { ago: (duration: string) => `${duration} ago`, now: 'just now' },
  { ago: (duration: string) => `${duration} 전`, now: '방금' },
);

let timer: ReturnType<typeof setInterval> | undefined;

/** Seconds since the epoch; ticks while something shows it. */
export const clock = signal(Date.now() / 1000, {
  watched() {
    this.value = Date.now() / 1000;
    timer = setInterval(() => {
      if (!document.hidden) this.value = Date.now() / 1000;
    }, 1000);
  },
  unwatched() {
    clearInterval(timer);
  },
});

export function formatAgo(seconds: number, nowSeconds: number): string {
  const age = Math.floor(nowSeconds - seconds);
  return age < 1 ? text.value.now : text.value.ago(formatValue(age, 's'));
}

/** How long ago something was, kept up to date; the full time is in its tooltip. */
export function RelativeTime({ seconds }: { seconds: number }) {
  const full = formatDateTime(seconds);
  return (
    <time dateTime={new Date(seconds * 1000).toISOString()} title={full}>
      {formatAgo(seconds, clock.value)}
    </time>
  );
}
