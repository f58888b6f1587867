import './page.css';
import { EmptyState } from '../../components/notice';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { isMeKnown, loginHref, me } from '../../shell/me';
import { NamesForm } from './names-form';
import { PasswordForm } from './password-form';
import { PreferencesForm } from './preferences-form';
import { Sessions } from './sessions';
import { text } from './text';

/** What is the person's own. */
export function ProfilePage() {
  const t = text.value;
  const { anonymous, id } = me.value;
  if (!isMeKnown.value) return <Page title={t.title} />;
  if (anonymous) {
    return (
      <Page title={t.title}>
        <EmptyState icon="user" title={t.needed}>
          <a href={withBase(loginHref(href('profile')))}>{t.logIn}</a>
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page title={t.title}>
      <div class="profile" key={id}>
        <Panel title={t.you}>
          <NamesForm />
        </Panel>
        <Panel title={t.preferences}>
          <PreferencesForm />
        </Panel>
        <Panel title={t.password}>
          <PasswordForm />
        </Panel>
        <Panel title={t.sessions} flush>
          <Sessions />
        </Panel>
      </div>
    </Page>
  );
}
