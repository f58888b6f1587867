import type { Completion } from '@codemirror/autocomplete';

/** Whether accepting the option at this place would leave the text as it is. */
export function isTypedOut(text: string, head: number, { label, apply }: Completion): boolean {
  const inserted = apply ?? label;
  if (typeof inserted !== 'string' || inserted === '') return false;
  const from = head - inserted.length;
  const isInWord = (at: number) => /[\w:]/.test(text.charAt(at));
  return text.slice(Math.max(0, from), head) === inserted && !isInWord(from - 1) && !isInWord(head);
}
