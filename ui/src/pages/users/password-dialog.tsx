import { useSignal } from '@preact/signals';
import type { ApiError } from '../../api/errors';
import { leastPassword, setUserPassword, type User } from '../../api/people';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ErrorNotice } from '../../components/notice';
import { PasswordField } from '../../components/password-field';
import { text as shellText } from '../../i18n/text';
import { text } from './text';

type PasswordDialogProps = { user: User; onDone(): void; onClose(): void };

export function PasswordDialog({ user, onDone, onClose }: PasswordDialogProps) {
  const t = text.value;
  const password = useSignal('');
  const error = useSignal<ApiError | null>(null);
  const isTried = useSignal(false);
  const isShort = password.value.length < leastPassword;
  const save = async () => {
    isTried.value = true;
    if (isShort) return;
    const result = await setUserPassword(user.id, password.peek());
    if (result.ok) onDone();
    else error.value = result.error;
  };
  return (
    <Dialog title={t.passwordTitle(user.login)} onClose={onClose}>
      <div class="dialog-body">
        <Form label={t.passwordTitle(user.login)} onSubmit={save}>
          <PasswordField
            label={t.password}
            value={password.value}
            onInput={(value) => {
              password.value = value;
            }}
            showLabel={t.show}
            hideLabel={t.hide}
            autocomplete="new-password"
            hint={`${t.passwordHint}. ${t.passwordEnds}`}
            error={isTried.value && isShort ? t.passwordHint : undefined}
          />
          {error.value && <ErrorNotice error={error.value} />}
          <div class="form-actions is-end">
            <Button onClick={onClose}>{shellText.value.common.cancel}</Button>
            <Button kind="primary" type="submit">
              {t.save}
            </Button>
          </div>
        </Form>
      </div>
    </Dialog>
  );
}
