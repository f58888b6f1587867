import '../../components/form.css';
import { useSignal } from '@preact/signals';
import { deleteUser, listUsers, type Role, setUserDisabled, setUserRole, type User } from '../../api/people';
import { useResult } from '../../api/use-result';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { Confirm } from '../../components/confirm';
import { Select } from '../../components/field';
import { EmptyState, ErrorNotice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { RelativeTime } from '../../components/relative-time';
import { text as shellText } from '../../i18n/text';
import { act } from '../../shell/act';
import { can, isMeKnown, me, reloadMe } from '../../shell/me';
import { toast } from '../../shell/toasts';
import { AddUserDialog } from './add-dialog';
import { PasswordDialog } from './password-dialog';
import { text } from './text';

/** Everybody who may log in. */
export function UsersPage() {
  const t = text.value;
  if (!isMeKnown.value) return <Page title={t.title} />;
  if (!can('Admin')) {
    return (
      <Page title={t.title}>
        <EmptyState icon="users" title={t.refused}>
          {t.refusedHint}
        </EmptyState>
      </Page>
    );
  }
  return <UserList />;
}

type Open = { dialog: 'add' } | { dialog: 'password' | 'remove'; user: User } | null;

function UserList() {
  const t = text.value;
  const round = useSignal(0);
  const open = useSignal<Open>(null);
  const users = useResult((signal) => listUsers({ signal }), 'users', round.value);
  const { data, error } = users.value;
  const close = () => {
    open.value = null;
  };
  const refresh = (message?: string) => {
    close();
    round.value += 1;
    if (message) toast({ level: 'ok', message });
  };
  const shown = open.value;
  return (
    <Page
      title={t.title}
      actions={
        <Button
          kind="primary"
          icon="plus"
          onClick={() => {
            open.value = { dialog: 'add' };
          }}
        >
          {t.add}
        </Button>
      }
    >
      {error && <ErrorNotice error={error} onRetry={() => refresh()} />}
      <Panel flush>
        {data ? (
          <Table
            users={data}
            refresh={refresh}
            ask={(dialog, user) => {
              open.value = { dialog, user };
            }}
          />
        ) : (
          <Skeleton height="120px" />
        )}
      </Panel>
      {shown?.dialog === 'add' && (
        <AddUserDialog onDone={(login) => refresh(t.created(login))} onClose={close} />
      )}
      {shown?.dialog === 'password' && (
        <PasswordDialog
          user={shown.user}
          onDone={() => refresh(t.passwordSet(shown.user.login))}
          onClose={close}
        />
      )}
      {shown?.dialog === 'remove' && (
        <Confirm
          title={t.removeTitle(shown.user.login)}
          action={t.remove}
          run={() => deleteUser(shown.user.id)}
          onDone={() => refresh(t.removed(shown.user.login))}
          onClose={close}
        >
          {t.removeHint}
        </Confirm>
      )}
    </Page>
  );
}

type TableProps = {
  users: User[];
  refresh(message?: string): void;
  ask(dialog: 'password' | 'remove', user: User): void;
};

function Table({ users, refresh, ask }: TableProps) {
  const t = text.value;
  return (
    <div class="plain-table-box">
      <table class="plain-table is-stacked">
        <thead>
          <tr>
            <th scope="col">{t.user}</th>
            <th scope="col">{t.role}</th>
            <th scope="col" class="is-wide-only">
              {t.seen}
            </th>
            <th class="is-actions" />
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <Row key={user.id} user={user} refresh={refresh} ask={ask} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ user, refresh, ask }: Omit<TableProps, 'users'> & { user: User }) {
  const t = text.value;
  const roleNames = shellText.value.user.roles;
  const seenSeconds = Date.parse(user.lastSeenAt) / 1000;
  const setRole = async (role: Role) => {
    await act(setUserRole(user.id, role), t.roleChanged(user.login, roleNames[role]));
    if (user.id === me.peek().id) await reloadMe();
    refresh();
  };
  const setDisabled = async () => {
    await act(setUserDisabled(user.id, !user.isDisabled));
    refresh();
  };
  return (
    <tr>
      <td>
        <span class="plain-table-main">
          <span>
            {user.login} {user.id === me.value.id && <span class="plain-table-note">({t.you})</span>}{' '}
            {user.isDisabled && <Badge level="warn">{t.disabled}</Badge>}
          </span>
          <span class="plain-table-note">{[user.name, user.email].filter(Boolean).join(' · ')}</span>
        </span>
      </td>
      <td>
        <Select<Role>
          label={t.roleOf(user.login)}
          hideLabel
          value={user.role}
          onChange={setRole}
          choices={(['None', 'Viewer', 'Editor', 'Admin'] as const).map((role) => ({
            value: role,
            label: roleNames[role],
          }))}
        />
      </td>
      <td class="is-wide-only">{seenSeconds > 0 ? <RelativeTime seconds={seenSeconds} /> : t.never}</td>
      <td class="is-actions">
        <Button kind="quiet" onClick={() => ask('password', user)}>
          {t.setPassword}
        </Button>
        <Button kind="quiet" onClick={setDisabled}>
          {user.isDisabled ? t.enable : t.disable}
        </Button>
        <Button kind="danger" onClick={() => ask('remove', user)}>
          {t.remove}
        </Button>
      </td>
    </tr>
  );
}
