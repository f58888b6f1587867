import { announced } from './announce';

/** The live region of the editor. */
export function Announcements() {
  const { text, count } = announced.value;
  // The same words twice are said twice only if something changed: a space that is not seen.
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {text + (count % 2 ? '\u00a0' : '')}
    </div>
  );
}
