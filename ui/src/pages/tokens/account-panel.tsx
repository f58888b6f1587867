import '../../components/form.css';
import { useSignal } from '@preact/signals';
import {
  type Account,
  changeAccount,
  deleteAccount,
  deleteToken,
  listTokens,
  type Role,
  type Token,
} from '../../api/people';
import { useResult } from '../../api/use-result';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { Confirm } from '../../components/confirm';
import { Select } from '../../components/field';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { RelativeTime } from '../../components/relative-time';
import { text as shellText } from '../../i18n/text';
import { act } from '../../shell/act';
import { formatDateTime } from '../../time/zone';
import { AddTokenDialog } from './dialogs';
import { text } from './text';

type Open = { dialog: 'token' } | { dialog: 'remove' } | { dialog: 'removeToken'; token: Token } | null;

/** One service account with its tokens. */
export function AccountPanel({ account, onChange }: { account: Account; onChange(): void }) {
  const t = text.value;
  const roleNames = shellText.value.user.roles;
  const round = useSignal(0);
  const open = useSignal<Open>(null);
  const tokens = useResult(
    (signal) => listTokens(account.id, { signal }),
    `tokens ${account.id}`,
    round.value,
  );
  const { data, error } = tokens.value;
  const close = () => {
    open.value = null;
  };
  const refresh = () => {
    close();
    round.value += 1;
  };
  const change = async (body: { role?: Role; isDisabled?: boolean }) => {
    await act(changeAccount(account.id, body));
    onChange();
  };
  const shown = open.value;
  return (
    <Panel
      flush
      title={
        <span class="tokens-head">
          {account.name} {account.isDisabled && <Badge level="warn">{t.disabled}</Badge>}
        </span>
      }
      actions={
        <div class="tokens-head">
          <Select<Role>
            label={t.roleOf(account.name)}
            hideLabel
            value={account.role}
            onChange={(role) => change({ role })}
            choices={(['None', 'Viewer', 'Editor', 'Admin'] as const).map((role) => ({
              value: role,
              label: roleNames[role],
            }))}
          />
          <Button kind="quiet" onClick={() => change({ isDisabled: !account.isDisabled })}>
            {account.isDisabled ? t.enable : t.disable}
          </Button>
          <Button
            kind="danger"
            title={t.removeAccount(account.name)}
            onClick={() => {
              open.value = { dialog: 'remove' };
            }}
          >
            {t.remove}
          </Button>
          <Button
            icon="plus"
            title={t.addTokenFor(account.name)}
            onClick={() => {
              open.value = { dialog: 'token' };
            }}
          >
            {t.addToken}
          </Button>
        </div>
      }
    >
      {error && <ErrorNotice error={error} onRetry={refresh} />}
      {!data && !error && <Skeleton height="44px" />}
      {data?.length === 0 && <p class="tokens-none">{t.noTokens}</p>}
      {data && data.length > 0 && (
        <TokenTable
          tokens={data}
          onRemove={(token) => {
            open.value = { dialog: 'removeToken', token };
          }}
        />
      )}
      {shown?.dialog === 'token' && <AddTokenDialog account={account} onDone={refresh} />}
      {shown?.dialog === 'remove' && (
        <Confirm
          title={t.removeAccountTitle(account.name)}
          action={t.remove}
          run={() => deleteAccount(account.id)}
          onDone={onChange}
          onClose={close}
        >
          {t.removeAccountHint}
        </Confirm>
      )}
      {shown?.dialog === 'removeToken' && (
        <Confirm
          title={t.removeTokenTitle(shown.token.name)}
          action={t.remove}
          run={() => deleteToken(account.id, shown.token.id)}
          onDone={refresh}
          onClose={close}
        >
          {t.removeTokenHint}
        </Confirm>
      )}
    </Panel>
  );
}

function TokenTable({ tokens, onRemove }: { tokens: Token[]; onRemove(token: Token): void }) {
  const t = text.value;
  return (
    <div class="plain-table-box">
      <table class="plain-table is-stacked">
        <thead>
          <tr>
            <th scope="col">{t.token}</th>
            <th scope="col">{t.expires}</th>
            <th scope="col" class="is-wide-only">
              {t.used}
            </th>
            <th class="is-actions" />
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td>{token.name}</td>
              <td>
                {token.hasExpired ? (
                  <Badge level="bad">{t.expired}</Badge>
                ) : token.expiration ? (
                  formatDateTime(Date.parse(token.expiration) / 1000)
                ) : (
                  t.never
                )}
              </td>
              <td class="is-wide-only">
                {token.lastUsedAt ? <RelativeTime seconds={Date.parse(token.lastUsedAt) / 1000} /> : t.never}
              </td>
              <td class="is-actions">
                <Button kind="danger" title={t.removeToken(token.name)} onClick={() => onRemove(token)}>
                  {t.remove}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
