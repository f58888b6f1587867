import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { ApiError, Result } from '../api/errors';
import { text } from '../i18n/text';
import { Button } from './button';
import { Dialog } from './dialog';
import { ErrorNotice } from './notice';
import './form.css';

export type ConfirmProps = {
  title: string;
  /** What will happen. */
  children: ComponentChildren;
  /** The button that does it. */
  action: string;
  run(): Promise<Result<unknown>>;
  onDone(): void;
  onClose(): void;
};

/** Asks before something that cannot be undone, does it, and stays open where that fails. */
export function Confirm({ title, children, action, run, onDone, onClose }: ConfirmProps) {
  const error = useSignal<ApiError | null>(null);
  const isBusy = useSignal(false);
  const go = async () => {
    isBusy.value = true;
    const result = await run();
    isBusy.value = false;
    if (result.ok) onDone();
    else error.value = result.error;
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-body form">
        <div>{children}</div>
        {error.value && <ErrorNotice error={error.value} />}
        <div class="form-actions is-end">
          <Button onClick={onClose}>{text.value.common.cancel}</Button>
          <Button kind="danger" disabled={isBusy.value} onClick={go}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
