import { type Signal, useSignal } from '@preact/signals';
import { saveProfile } from '../../api/people';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { Form } from '../../components/form';
import { act } from '../../shell/act';
import { me, reloadMe } from '../../shell/me';
import { text } from './text';

export function NamesForm() {
  const t = text.value;
  const own = me.peek();
  const login = useSignal(own.login);
  const name = useSignal(own.name);
  const email = useSignal(own.email);
  const save = async () => {
    const names = { login: login.peek(), name: name.peek(), email: email.peek() };
    if ((await act(saveProfile(names), t.saved)) !== null) await reloadMe();
  };
  const field = (label: string, value: Signal<string>) => (
    <TextField
      label={label}
      value={value.value}
      onInput={(typed) => {
        value.value = typed;
      }}
    />
  );
  return (
    <Form label={t.you} onSubmit={save}>
      {field(t.login, login)}
      {field(t.name, name)}
      {field(t.email, email)}
      <div class="form-actions">
        <Button type="submit">{t.save}</Button>
      </div>
    </Form>
  );
}
