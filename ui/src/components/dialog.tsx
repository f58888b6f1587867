import './dialog.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../i18n/text';
import { IconButton } from './button';

export type DialogProps = {
  title: string;
  onClose(): void;
  children: ComponentChildren;
  /** The title is only for assistive technology, as in the palette. */
  bare?: boolean;
};

/** A modal dialog on the browser's own element, which keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, bare }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    // A form begins at its first empty field, not at the button that closes it.
    const fields = [
      ...element.querySelectorAll<HTMLInputElement>('.dialog-body input, .dialog-body textarea'),
    ];
    (fields.find((field) => field.value === '') ?? fields[0])?.focus();
    return () => element.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class={bare ? 'dialog is-bare' : 'dialog'}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-box">
        {!bare && (
          <header class="dialog-header">
            <h2>{title}</h2>
            <IconButton icon="close" label={text.value.common.close} onClick={onClose} />
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
