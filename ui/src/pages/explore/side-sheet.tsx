import './side-sheet.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { text } from '../../i18n/text';

/** A modal dialog along the right edge; all of the width of a phone. */
export function SideSheet({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      class="side-sheet"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="side-sheet-box">
        <header class="side-sheet-header">
          <h2>{title}</h2>
          <IconButton icon="close" label={text.value.common.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
