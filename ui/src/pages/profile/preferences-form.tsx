import { useSignal } from '@preact/signals';
import { searchDashboards } from '../../api/dashboards';
import { changePreferences, ownPreferences, type Preferences } from '../../api/people';
import { useResult } from '../../api/use-result';
import { Button } from '../../components/button';
import { Select } from '../../components/field';
import { Form } from '../../components/form';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { act } from '../../shell/act';
import { reloadMe } from '../../shell/me';
import { text } from './text';

export function PreferencesForm() {
  const stored = useResult((signal) => ownPreferences({ signal }), 'preferences');
  const { data, error } = stored.value;
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return <Skeleton height="330px" />;
  return <Fields stored={data} />;
}

/** `Intl` lists the zones of the browser; the server knows the same database. */
const zones = Intl.supportedValuesOf('timeZone');

function Fields({ stored }: { stored: Preferences }) {
  const t = text.value;
  const chosen = useSignal(stored);
  const dashboards = useResult(
    (signal) => searchDashboards({ type: 'dash-db', limit: 1000 }, { signal }),
    'dashboards',
  );
  const save = async () => {
    if ((await act(changePreferences(chosen.peek()), t.preferencesSaved)) !== null) await reloadMe();
  };
  const choose = (name: keyof Preferences, label: string, choices: { value: string; label: string }[]) => {
    const value = chosen.value[name];
    const known = [{ value: '', label: t.notChosen }, ...choices];
    // What was chosen elsewhere is not taken away by looking at it.
    if (!known.some((choice) => choice.value === value)) known.push({ value, label: value });
    const set = (picked: string) => {
      chosen.value = { ...chosen.peek(), [name]: picked };
    };
    return <Select label={label} value={value} choices={known} onChange={set} />;
  };
  return (
    <Form label={t.preferences} onSubmit={save}>
      {choose('theme', t.theme, [
        { value: 'system', label: t.system },
        { value: 'light', label: t.light },
        { value: 'dark', label: t.dark },
      ])}
      {choose('timezone', t.timezone, [
        { value: 'browser', label: t.browser },
        { value: 'utc', label: 'UTC' },
        ...zones.filter((zone) => zone !== 'UTC').map((zone) => ({ value: zone, label: zone })),
      ])}
      {choose('language', t.language, [
        { value: 'en-US', label: 'English' },
        { value: 'ko-KR', label: '한국어' },
      ])}
      {choose('weekStart', t.weekStart, [
        { value: 'browser', label: t.browser },
        { value: 'monday', label: t.monday },
        { value: 'saturday', label: t.saturday },
        { value: 'sunday', label: t.sunday },
      ])}
      {choose(
        'homeDashboardUID',
        t.home,
        (dashboards.value.data ?? []).map(({ uid, title }) => ({ value: uid, label: title })),
      )}
      <div class="form-actions">
        <Button type="submit">{t.save}</Button>
      </div>
    </Form>
  );
}
