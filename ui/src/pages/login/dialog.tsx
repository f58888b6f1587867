import '../../components/form.css';
import { Dialog } from '../../components/dialog';
import { text as shellText } from '../../i18n/text';
import { loginDialog, me } from '../../shell/me';
import { LoginForm } from './form';
import { text } from './text';

/** Over the page that a request of needs a login, which then goes on. */
export function LoginDialog() {
  const waiting = loginDialog.value;
  if (!waiting) return null;
  const t = text.value;
  const { anonymous, login } = me.value;
  const cancel = () => waiting.finish(false);
  return (
    <Dialog title={anonymous ? t.neededTitle : t.endedTitle} onClose={cancel}>
      <div class="dialog-body form">
        <p>{anonymous ? t.needed : t.ended}</p>
        <LoginForm
          login={login}
          onLoggedIn={() => waiting.finish(true)}
          onCancel={{ label: shellText.value.common.cancel, run: cancel }}
        />
      </div>
    </Dialog>
  );
}
