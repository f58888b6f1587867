import { signal } from '@preact/signals';

/** What assistive technology is told of things that are seen to happen. `Announcements` says it. */
export const announced = signal({ text: '', count: 0 });

export function announce(message: string): void {
  announced.value = { text: message, count: announced.peek().count + 1 };
}
