import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type LoginRefusal, logIn } from '../../api/login';
import { Button } from '../../components/button';
import { Form } from '../../components/form';
import { Notice } from '../../components/notice';
import { PasswordField } from '../../components/password-field';
import { reloadMe } from '../../shell/me';
import { text } from './text';

export type LoginFormProps = {
  /** Who was logged in before, to begin with. */
  login?: string;
  onLoggedIn(): void;
  onCancel?: { label: string; run(): void };
};

/** Asks for a password until it is right. */
export function LoginForm({ login = '', onLoggedIn, onCancel }: LoginFormProps) {
  const user = useSignal(login);
  const password = useSignal('');
  const refusal = useSignal<LoginRefusal | null>(null);
  const isBusy = useSignal(false);
  const waits = useSignal(0);
  const passwordInput = useRef<HTMLInputElement>(null);
  const userInput = useRef<HTMLInputElement>(null);
  const t = text.value;

  useEffect(() => {
    (login === '' ? userInput : passwordInput).current?.focus();
  }, []);
  useEffect(() => {
    if (waits.value <= 0) return;
    const timer = setTimeout(() => {
      waits.value -= 1;
    }, 1000);
    return () => clearTimeout(timer);
  }, [waits.value]);

  const submit = async () => {
    if (isBusy.peek() || user.peek() === '') return;
    isBusy.value = true;
    const refused = await logIn(user.peek(), password.peek());
    isBusy.value = false;
    refusal.value = refused;
    if (!refused) {
      await reloadMe();
      onLoggedIn();
      return;
    }
    if (refused.kind === 'locked') waits.value = refused.seconds;
    passwordInput.current?.select();
  };
  const isLocked = refusal.value?.kind === 'locked' && waits.value > 0;
  return (
    <Form label={t.title} onSubmit={submit}>
      <label class="field">
        <span class="field-label">{t.user}</span>
        <span class="field-box">
          <input
            type="text"
            name="username"
            ref={userInput}
            value={user.value}
            required
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => {
              user.value = event.currentTarget.value;
            }}
          />
        </span>
      </label>
      <PasswordField
        label={t.password}
        value={password.value}
        onInput={(value) => {
          password.value = value;
        }}
        showLabel={t.show}
        hideLabel={t.hide}
        autocomplete="current-password"
        inputRef={passwordInput}
      />
      <div role="alert">
        {refusal.value?.kind === 'wrong' && <Notice level="bad" title={t.wrong} />}
        {isLocked && <Notice level="warn" title={t.locked(waits.value)} />}
        {refusal.value?.kind === 'failed' && (
          <Notice level="bad" title={t.failed}>
            <p class="notice-detail">{refusal.value.message}</p>
          </Notice>
        )}
      </div>
      <div class="form-actions">
        <Button kind="primary" type="submit" disabled={isBusy.value || isLocked}>
          {isBusy.value ? t.busy : t.submit}
        </Button>
        {onCancel && (
          <Button kind="quiet" onClick={onCancel.run}>
            {onCancel.label}
          </Button>
        )}
      </div>
    </Form>
  );
}
