import { useSignal } from '@preact/signals';
import type { ApiError } from '../../api/errors';
import { addUser, leastPassword, type NewUser, type Role } from '../../api/people';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Select, TextField } from '../../components/field';
import { Form } from '../../components/form';
import { ErrorNotice } from '../../components/notice';
import { PasswordField } from '../../components/password-field';
import { text as shellText } from '../../i18n/text';
import { text } from './text';

export function AddUserDialog({ onDone, onClose }: { onDone(login: string): void; onClose(): void }) {
  const t = text.value;
  const roleNames = shellText.value.user.roles;
  const user = useSignal<NewUser>({ login: '', name: '', email: '', password: '', role: 'Viewer' });
  const error = useSignal<ApiError | null>(null);
  const isTried = useSignal(false);
  const set = (name: keyof NewUser) => (value: string) => {
    user.value = { ...user.peek(), [name]: value };
  };
  const { login, name, email, password, role } = user.value;
  const isShort = password.length < leastPassword;
  const save = async () => {
    isTried.value = true;
    if (isShort || login === '') return;
    const result = await addUser(user.peek());
    if (result.ok) onDone(login);
    else error.value = result.error;
  };
  return (
    <Dialog title={t.add} onClose={onClose}>
      <div class="dialog-body">
        <Form label={t.add} onSubmit={save}>
          <TextField label={t.login} value={login} onInput={set('login')} />
          <div class="form-pair">
            <TextField label={t.name} value={name} onInput={set('name')} />
            <TextField label={t.email} value={email} onInput={set('email')} />
          </div>
          <Select<Role>
            label={t.role}
            value={role}
            onChange={set('role')}
            choices={(['None', 'Viewer', 'Editor', 'Admin'] as const).map((each) => ({
              value: each,
              label: `${roleNames[each]}: ${t.roles[each]}`,
            }))}
          />
          <PasswordField
            label={t.password}
            value={password}
            onInput={set('password')}
            showLabel={t.show}
            hideLabel={t.hide}
            autocomplete="new-password"
            hint={t.passwordHint}
            error={isTried.value && isShort ? t.passwordHint : undefined}
          />
          {error.value && <ErrorNotice error={error.value} />}
          <div class="form-actions is-end">
            <Button onClick={onClose}>{shellText.value.common.cancel}</Button>
            <Button kind="primary" type="submit">
              {t.create}
            </Button>
          </div>
        </Form>
      </div>
    </Dialog>
  );
}
