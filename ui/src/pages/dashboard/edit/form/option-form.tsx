import { Segmented } from '../../../../components/button';
import { Select } from '../../../../components/field';
import { reducers } from '../../../../frame/reduce';
import type { Choice, OptionDescriptor } from '../../../../panels/plugin';
import { ColorPicker } from './color-picker';
import { Combobox, MultiCombobox, type Option } from './combobox';
import { inLanguage } from './in-language';
import { FormRow, NumberInput, Slider, Switch, TextInput } from './inputs';
import { getPath, setPath, type Values, withDefaults } from './path';
import { text } from './text';
import { unitChoices } from './unit-names';

/** What the forms know of the data, for fields that are chosen by name. */
export type FormFields = readonly { name: string; type: string }[];

/** The descriptors that belong to what is chosen now, by category, in the order of their first entries. */
export function visibleOptions(
  descriptors: readonly OptionDescriptor[],
  values: Values | undefined,
): OptionDescriptor[] {
  const filled = withDefaults(values, descriptors);
  return descriptors.filter(({ showIf }) => {
    try {
      return showIf?.(filled) ?? true;
    } catch {
      // Options of an old or foreign panel may have any shape.
      return true;
    }
  });
}

export function OptionForm({
  descriptors,
  values,
  fields,
  onChange,
}: {
  descriptors: readonly OptionDescriptor[];
  values: Values | undefined;
  fields: FormFields;
  onChange(values: Values, path: string): void;
}) {
  return (
    <>
      {visibleOptions(descriptors, values).map((descriptor) => (
        <OptionInput
          key={descriptor.path}
          descriptor={descriptor}
          value={getPath(values, descriptor.path)}
          fields={fields}
          onChange={(value) => onChange(setPath(values, descriptor.path, value), descriptor.path)}
        />
      ))}
    </>
  );
}

export type OptionInputProps = {
  descriptor: OptionDescriptor;
  value: unknown;
  fields: FormFields;
  onChange(value: unknown): void;
  label?: string;
};

export function OptionInput({ descriptor, value: set, fields, onChange, label: own }: OptionInputProps) {
  const label = own ?? inLanguage(descriptor.name);
  const help = descriptor.help && inLanguage(descriptor.help);
  const value = set === undefined ? descriptor.defaultValue : set;
  const list = Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
  switch (descriptor.input) {
    case 'switch':
      return <Switch label={label} help={help} value={value === true} onChange={onChange} />;
    case 'number':
      return (
        <NumberInput
          label={label}
          help={help}
          value={typeof value === 'number' ? value : undefined}
          min={descriptor.min}
          max={descriptor.max}
          integer={descriptor.integer}
          placeholder={descriptor.placeholder ?? text.value.auto}
          onChange={onChange}
        />
      );
    case 'slider':
      return (
        <Slider
          label={label}
          help={help}
          value={typeof value === 'number' ? value : descriptor.min}
          min={descriptor.min}
          max={descriptor.max}
          step={descriptor.step}
          onChange={onChange}
        />
      );
    case 'text':
    case 'markdown':
      return (
        <TextInput
          label={label}
          help={help}
          value={
            typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value)
          }
          multiline={descriptor.input === 'markdown' || descriptor.multiline}
          rows={descriptor.input === 'markdown' ? 12 : 3}
          placeholder={descriptor.input === 'text' ? descriptor.placeholder : undefined}
          onChange={onChange}
        />
      );
    case 'radio':
      return (
        <ChoiceInput
          label={label}
          help={help}
          choices={descriptor.choices}
          value={value}
          onChange={onChange}
          isRadio
        />
      );
    case 'select':
      return (
        <ChoiceInput
          label={label}
          help={help}
          choices={descriptor.choices}
          value={value}
          onChange={onChange}
        />
      );
    case 'multiselect':
      return (
        <FormRow label={label} help={help}>
          <MultiCombobox
            label={label}
            hideLabel
            values={list}
            options={descriptor.choices.map(({ value: choice, name }) => ({
              value: String(choice),
              label: inLanguage(name),
            }))}
            onChange={onChange}
          />
        </FormRow>
      );
    case 'reducers':
      return (
        <ReducerInput
          label={label}
          help={help}
          several={descriptor.several}
          value={value}
          onChange={onChange}
        />
      );
    case 'unit':
      return <UnitInput label={label} value={typeof value === 'string' ? value : ''} onChange={onChange} />;
    case 'color':
      return (
        <FormRow label={label} help={help}>
          <ColorPicker label={label} value={typeof value === 'string' ? value : 'text'} onChange={onChange} />
        </FormRow>
      );
    case 'fieldName': {
      const wanted = descriptor.type;
      const options: Option[] = fields
        .filter(({ type }) => !wanted || type === wanted)
        .map(({ name }) => ({ value: name }));
      return (
        <FormRow label={label} help={help}>
          {descriptor.several ? (
            <MultiCombobox
              label={label}
              hideLabel
              isFree
              values={list}
              options={options}
              onChange={onChange}
            />
          ) : (
            <Combobox
              label={label}
              hideLabel
              isFree
              value={typeof value === 'string' ? value : ''}
              options={[{ value: '', label: text.value.auto }, ...options]}
              onChange={(name) => onChange(name === '' ? undefined : name)}
            />
          )}
        </FormRow>
      );
    }
  }
}

function ChoiceInput(props: {
  label: string;
  help?: string;
  choices: readonly Choice[];
  value: unknown;
  onChange(value: unknown): void;
  isRadio?: boolean;
}) {
  const { label, help, choices, value, onChange, isRadio } = props;
  // Values may be numbers and booleans: the place in the list stands for them.
  const at = choices.findIndex((choice) => choice.value === value);
  const items = choices.map((choice, place) => ({ value: String(place), label: inLanguage(choice.name) }));
  const known = at < 0 && value !== undefined ? [...items, { value: '-1', label: String(value) }] : items;
  const choose = (place: string) => {
    const choice = choices[Number(place)];
    if (choice) onChange(choice.value);
  };
  const letters = items.reduce((sum, item) => sum + item.label.length + 3, 0);
  return (
    <FormRow label={label} help={help}>
      {isRadio && letters <= 40 ? (
        <Segmented label={label} choices={items} value={String(at)} onChange={choose} />
      ) : (
        <Select label={label} hideLabel choices={known} value={String(at)} onChange={choose} />
      )}
    </FormRow>
  );
}

export function UnitInput({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(unit: string | undefined): void;
}) {
  return (
    <FormRow label={label} help={text.value.ownUnit}>
      <Combobox
        label={label}
        hideLabel
        isFree
        value={value}
        placeholder={text.value.noUnit}
        options={[{ value: '', label: text.value.noUnit }, ...unitChoices]}
        onChange={(unit) => onChange(unit === '' ? undefined : unit)}
      />
    </FormRow>
  );
}

export function ReducerInput(props: {
  label: string;
  help?: string;
  several: boolean;
  value: unknown;
  onChange(value: unknown): void;
}) {
  const { label, help, several, value, onChange } = props;
  const options = reducers.map(({ id, name }) => ({ value: id, label: inLanguage(name) }));
  const ids = Array.isArray(value)
    ? value.filter((id) => typeof id === 'string')
    : typeof value === 'string'
      ? [value]
      : [];
  return (
    <FormRow label={label} help={help}>
      {several ? (
        <MultiCombobox
          label={label}
          hideLabel
          values={ids}
          options={options}
          onChange={onChange}
          placeholder={text.value.none}
        />
      ) : (
        <Combobox
          label={label}
          hideLabel
          value={ids[0] ?? ''}
          options={options}
          // Options that hold one reducer in a list keep the list.
          onChange={(id) => onChange(Array.isArray(value) || value === undefined ? [id] : id)}
        />
      )}
    </FormRow>
  );
}
