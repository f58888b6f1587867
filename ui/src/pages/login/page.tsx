import './page.css';
import { Button } from '../../components/button';
import { Page } from '../../components/page';
import { navigate, query } from '../../router/location';
import { Mark } from '../../shell/brand';
import { afterLogin, includesRole, me } from '../../shell/me';
import { LoginForm } from './form';
import { text } from './text';

/** Leads back to where the person was. */
export function LoginPage() {
  const t = text.value;
  const leave = () => navigate(afterLogin(query.peek().get('to')), 'replace');
  const { anonymous, role, login } = me.value;
  return (
    <Page title={t.title}>
      <div class="login">
        <div class="login-card">
          <div class="login-brand">
            <Mark />
            Monopod
          </div>
          {anonymous ? (
            <LoginForm
              onLoggedIn={leave}
              onCancel={includesRole(role, 'Viewer') ? { label: t.anonymous, run: leave } : undefined}
            />
          ) : (
            <>
              <p>{t.already(login)}</p>
              <Button kind="primary" onClick={leave}>
                {t.goOn}
              </Button>
            </>
          )}
          {anonymous && <p class="login-forgot">{t.forgot}</p>}
        </div>
      </div>
    </Page>
  );
}
