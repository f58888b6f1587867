import './section.css';
import type { ComponentChildren } from 'preact';
import { Icon } from '../../../../components/icon';
import { isBoolean, preference } from '../../../../preference';

export type SectionProps = {
  /** Which one it is, for remembering whether it is open. */
  id: string;
  title: string;
  note?: ComponentChildren;
  actions?: ComponentChildren;
  startsClosed?: boolean;
  /** While a search runs nothing hides. */
  forceOpen?: boolean;
  children: ComponentChildren;
};

const states = new Map<string, ReturnType<typeof preference<boolean>>>();

function openState(id: string, fallback: boolean) {
  const known = states.get(id);
  if (known) return known;
  const state = preference<boolean>(`edit.section.${id}`, fallback, isBoolean);
  states.set(id, state);
  return state;
}

/** A part of a form that opens and closes, and stays as it was left. */
export function Section({ id, title, note, actions, startsClosed, forceOpen, children }: SectionProps) {
  const isOpen = openState(id, !startsClosed);
  return (
    <section class="opt-section" aria-label={title}>
      <header class="opt-section-header">
        <button
          type="button"
          class="opt-section-toggle"
          aria-expanded={isOpen.value || forceOpen === true}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          <Icon name={isOpen.value || forceOpen ? 'chevronDown' : 'chevronRight'} />
          <span>{title}</span>
          {note && <span class="opt-section-note">{note}</span>}
        </button>
        {actions}
      </header>
      {(isOpen.value || forceOpen) && <div class="opt-section-body">{children}</div>}
    </section>
  );
}
