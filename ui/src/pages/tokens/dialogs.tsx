import { useSignal } from '@preact/signals';
import type { ApiError } from '../../api/errors';
import { type Account, addAccount, addToken, type Role } from '../../api/people';
import { copyText } from '../../clipboard';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Select, TextField } from '../../components/field';
import { Form } from '../../components/form';
import { ErrorNotice, Notice } from '../../components/notice';
import { text as shellText } from '../../i18n/text';
import { toast } from '../../shell/toasts';
import { text } from './text';

export function AddAccountDialog({ onDone, onClose }: { onDone(): void; onClose(): void }) {
  const t = text.value;
  const roleNames = shellText.value.user.roles;
  const name = useSignal('');
  const role = useSignal<Role>('Viewer');
  const error = useSignal<ApiError | null>(null);
  const save = async () => {
    if (name.peek() === '') return;
    const result = await addAccount({ name: name.peek(), role: role.peek() });
    if (result.ok) onDone();
    else error.value = result.error;
  };
  return (
    <Dialog title={t.addAccount} onClose={onClose}>
      <div class="dialog-body">
        <Form label={t.addAccount} onSubmit={save}>
          <TextField
            label={t.name}
            value={name.value}
            onInput={(value) => {
              name.value = value;
            }}
          />
          <Select<Role>
            label={t.role}
            value={role.value}
            onChange={(value) => {
              role.value = value;
            }}
            choices={(['Viewer', 'Editor', 'Admin'] as const).map((each) => ({
              value: each,
              label: roleNames[each],
            }))}
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

const day = 24 * 3600;

const lifetimeSeconds = { none: 0, day, month: 30 * day, quarter: 90 * day, year: 365 * day };

type Lifetime = keyof typeof lifetimeSeconds;

/** Makes a token, then shows it: the one time that it can be seen. */
export function AddTokenDialog({ account, onDone }: { account: Account; onDone(): void }) {
  const t = text.value;
  const name = useSignal('');
  const lifetime = useSignal<Lifetime>('quarter');
  const error = useSignal<ApiError | null>(null);
  const secret = useSignal('');
  const save = async () => {
    if (name.peek() === '') return;
    const secondsToLive = lifetimeSeconds[lifetime.peek()];
    const result = await addToken(account.id, { name: name.peek(), secondsToLive });
    if (result.ok) secret.value = result.data.key;
    else error.value = result.error;
  };
  if (secret.value) return <ShowToken secret={secret.value} onDone={onDone} />;
  return (
    <Dialog title={t.addTokenFor(account.name)} onClose={onDone}>
      <div class="dialog-body">
        <Form label={t.addTokenFor(account.name)} onSubmit={save}>
          <TextField
            label={t.name}
            value={name.value}
            onInput={(value) => {
              name.value = value;
            }}
          />
          <Select<Lifetime>
            label={t.lifetime}
            value={lifetime.value}
            onChange={(value) => {
              lifetime.value = value;
            }}
            choices={(Object.keys(lifetimeSeconds) as Lifetime[]).map((each) => ({
              value: each,
              label: t.lifetimes[each],
            }))}
          />
          {error.value && <ErrorNotice error={error.value} />}
          <div class="form-actions is-end">
            <Button onClick={onDone}>{shellText.value.common.cancel}</Button>
            <Button kind="primary" type="submit">
              {t.create}
            </Button>
          </div>
        </Form>
      </div>
    </Dialog>
  );
}

function ShowToken({ secret, onDone }: { secret: string; onDone(): void }) {
  const t = text.value;
  const copy = async () => {
    const isCopied = await copyText(secret);
    toast({ level: isCopied ? 'ok' : 'warn', message: isCopied ? t.copied : t.copyFailed });
  };
  return (
    <Dialog title={t.made} onClose={onDone}>
      <div class="dialog-body form">
        <Notice level="warn" title={t.madeHint} />
        <code class="tokens-secret">{secret}</code>
        <div class="form-actions is-end">
          <Button icon="copy" onClick={copy}>
            {t.copy}
          </Button>
          <Button kind="primary" onClick={onDone}>
            {t.done}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
