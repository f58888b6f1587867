import './user-menu.css';
import { logOut } from '../api/login';
import { Icon, type IconName } from '../components/icon';
import { Popover } from '../components/popover';
import { text } from '../i18n/text';
import { navigate, path, query, withBase } from '../router/location';
import { href } from '../routes';
import { can, isMeKnown, loginHref, loginPath, me, reloadMe } from './me';
import { toast } from './toasts';

/** Who is logged in and what is theirs, or the way to log in. Holds its place until that is known. */
export function UserMenu() {
  const { user: t } = text.value;
  const { anonymous, login, name, role } = me.value;
  if (!isMeKnown.value) return <span class="nav-link" />;
  if (anonymous) {
    const search = query.value.toString();
    const here = path.value + (search && `?${search}`);
    return (
      <a
        class="nav-link"
        href={withBase(path.value === loginPath ? loginPath : loginHref(here))}
        title={t.logIn}
      >
        <Icon name="user" />
        <span class="nav-label">{t.logIn}</span>
      </a>
    );
  }
  const item = (icon: IconName, label: string, to: string, close: () => void) => (
    <a class="user-menu-item" href={withBase(to)} onClick={close}>
      <Icon name={icon} />
      {label}
    </a>
  );
  return (
    <Popover
      label={t.menu}
      side="above"
      trigger={({ isOpen, toggle }) => (
        <button
          type="button"
          class="nav-link"
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          aria-label={`${t.menu}: ${login}`}
          title={`${name || login} (${t.roles[role]})`}
          onClick={toggle}
        >
          <Icon name="user" />
          <span class="nav-label">{name || login}</span>
        </button>
      )}
    >
      {(close) => (
        <div class="user-menu">
          <div class="user-menu-who">
            <strong>{name || login}</strong>
            <span>
              {login} · {t.roles[role]}
            </span>
          </div>
          {item('user', t.profile, href('profile'), close)}
          {can('Admin') && item('users', t.users, href('users'), close)}
          {can('Admin') && item('key', t.tokens, href('tokens'), close)}
          {can('Admin') && item('storage', t.dataSources, href('dataSources'), close)}
          <button type="button" class="user-menu-item" onClick={leave}>
            <Icon name="logOut" />
            {t.logOut}
          </button>
        </div>
      )}
    </Popover>
  );
}

async function leave(): Promise<void> {
  const result = await logOut();
  if (!result.ok) {
    toast({ level: 'bad', message: text.peek().user.logOutFailed, detail: result.error.message });
    return;
  }
  await reloadMe();
  navigate(me.peek().role === 'None' ? loginPath : href('home'));
}
