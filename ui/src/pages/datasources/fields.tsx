import type { Signal } from '@preact/signals';
import { Select, TextField } from '../../components/field';
import { Checkbox } from '../../components/form';
import { PasswordField } from '../../components/password-field';
import { type Draft, type FieldSpec, isShown, type Kind, type Section, valueIn, withValue } from './kinds';
import { text } from './text';

const sections: readonly Section[] = ['connection', 'credentials', 'tls', 'options'];

type FieldsProps = { kind: Kind; draft: Signal<Draft>; isFixed: boolean };

/** The settings of a kind, by section. */
export function Fields({ kind, draft, isFixed }: FieldsProps) {
  const t = text.value;
  return (
    <fieldset class="form-fields" disabled={isFixed}>
      {sections.map((section) => {
        const fields = kind.fields.filter(
          (field) => field.section === section && isShown(draft.value, field, kind.fields),
        );
        if (fields.length === 0) return null;
        return (
          <section key={section} class="form-fields" aria-label={t[section]}>
            <h3 class="form-section">{t[section]}</h3>
            {fields.map((field) => (
              <Field key={field.key} field={field} draft={draft} />
            ))}
          </section>
        );
      })}
    </fieldset>
  );
}

function Field({ field, draft }: { field: FieldSpec; draft: Signal<Draft> }) {
  const t = text.value;
  const label = t.fields[field.label];
  const value = valueIn(draft.value, field);
  const set = (next: string | boolean) => {
    draft.value = withValue(draft.peek(), field, next);
  };
  const { control } = field;
  const isSet = field.place === 'secret' && draft.value.settings.secureJsonFields[field.key];
  const placeholder = isSet ? t.secretSet : field.placeholder;
  if (control === 'check') return <Checkbox label={label} checked={value === true} onChange={set} />;
  const content = String(value);
  if (control === 'secret') {
    return (
      <PasswordField
        label={label}
        value={content}
        onInput={set}
        placeholder={placeholder}
        showLabel={t.show}
        hideLabel={t.hide}
        autocomplete="off"
      />
    );
  }
  if (control === 'area') {
    return (
      <label class="field">
        <span class="field-label">{label}</span>
        <textarea
          class="form-area"
          value={content}
          placeholder={placeholder ?? '-----BEGIN'}
          spellcheck={false}
          onInput={(event) => set(event.currentTarget.value)}
        />
      </label>
    );
  }
  if (typeof control === 'object') {
    return (
      <Select
        label={label}
        value={content || control.choices[0]!}
        onChange={set}
        choices={control.choices.map((choice) => ({ value: choice, label: choice }))}
      />
    );
  }
  return <TextField label={label} value={content} placeholder={placeholder} onInput={set} />;
}
