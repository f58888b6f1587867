import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { loginDialog } from './me';

const dialog = signal<ComponentType | null>(null);

/** The dialog that asks to log in again; its code is loaded when it is first needed. */
export function LoginOverlay() {
  const waiting = loginDialog.value;
  useEffect(() => {
    if (!waiting || dialog.peek()) return;
    import('../pages/login/dialog').then(
      ({ LoginDialog }) => {
        dialog.value = LoginDialog;
      },
      () => waiting.finish(false),
    );
  }, [waiting]);
  const Login = dialog.value;
  return waiting && Login ? <Login /> : null;
}
