import { useSignal } from '@preact/signals';
import { errorBody } from '../../api/json';
import { changePassword, leastPassword } from '../../api/people';
import { Button } from '../../components/button';
import { Form } from '../../components/form';
import { Notice } from '../../components/notice';
import { PasswordField } from '../../components/password-field';
import { toast } from '../../shell/toasts';
import { text } from './text';

export function PasswordForm() {
  const t = text.value;
  const old = useSignal('');
  const password = useSignal('');
  const problem = useSignal('');
  const isTried = useSignal(false);
  const isShort = password.value.length < leastPassword;
  const save = async () => {
    isTried.value = true;
    if (isShort) return;
    const result = await changePassword(old.peek(), password.peek());
    if (result.ok) {
      old.value = password.value = problem.value = '';
      isTried.value = false;
      toast({ level: 'ok', message: t.changed });
      return;
    }
    const isWrong = errorBody(result.error)?.status === 'wrong-password';
    problem.value = isWrong ? t.wrong : result.error.message;
  };
  return (
    <Form label={t.password} onSubmit={save}>
      <PasswordField
        label={t.oldPassword}
        value={old.value}
        onInput={(value) => {
          old.value = value;
        }}
        showLabel={t.show}
        hideLabel={t.hide}
        autocomplete="current-password"
      />
      <PasswordField
        label={t.newPassword}
        value={password.value}
        onInput={(value) => {
          password.value = value;
        }}
        showLabel={t.show}
        hideLabel={t.hide}
        autocomplete="new-password"
        hint={t.passwordHint}
        error={isTried.value && isShort ? t.passwordShort : undefined}
      />
      <div role="alert">{problem.value && <Notice level="bad" title={problem.value} />}</div>
      <div class="form-actions">
        <Button type="submit">{t.change}</Button>
      </div>
    </Form>
  );
}
