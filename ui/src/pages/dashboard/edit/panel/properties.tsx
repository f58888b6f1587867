import type { ComponentChildren } from 'preact';
import { Select } from '../../../../components/field';
import type {
  DataLink,
  FieldColor,
  FieldConfig,
  Thresholds,
  ValueMapping,
} from '../../../../dashboard/model';
import type { PanelPlugin } from '../../../../panels/plugin';
import { ColorPicker } from '../form/color-picker';
import { inLanguage } from '../form/in-language';
import { FormRow, NumberInput, Switch, TextInput } from '../form/inputs';
import { type FormFields, OptionInput, UnitInput } from '../form/option-form';
import { LinksEditor } from './links';
import { MappingsEditor } from './mappings';
import { text } from './text';
import { ThresholdsEditor } from './thresholds';

type Input = { value: unknown; fields: FormFields; onChange(value: unknown): void };

/** One thing that a field can be given, for all fields or in an override. */
export type Property = {
  /** As in an override: a key of FieldConfig, or `custom.` and a path. */
  id: string;
  name: string;
  category: 'standard' | 'thresholds' | 'mappings' | 'links' | 'panel';
  /** The panel's own category. */
  group?: string;
  /** What the words of a search may also find it by. */
  words?: string;
  startValue: unknown;
  render(input: Input): ComponentChildren;
  isShown(custom: Record<string, unknown>): boolean;
};

const asText = (value: unknown) => (typeof value === 'string' ? value : '');
const asNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** All properties that make sense for a kind of panel. */
export function propertiesOf(plugin: PanelPlugin | undefined): Property[] {
  if (plugin?.needsNoData) return [];
  const hidden = new Set<string>(plugin?.hiddenStandardOptions ?? []);
  const own = (plugin?.fieldOptions ?? []).map(
    (descriptor): Property => ({
      id: `custom.${descriptor.path}`,
      name: inLanguage(descriptor.name),
      category: 'panel',
      group: descriptor.category && inLanguage(descriptor.category),
      startValue: descriptor.defaultValue,
      render: (input) => <OptionInput descriptor={descriptor} {...input} />,
      isShown: (custom) => descriptor.showIf?.(custom) ?? true,
    }),
  );
  return [...standardProperties().filter(({ id }) => !hidden.has(id)), ...own];
}

function standardProperties(): Property[] {
  const words = text.value.properties;
  const standard = (
    id: keyof FieldConfig,
    startValue: unknown,
    render: Property['render'],
    category: Property['category'] = 'standard',
  ): Property => ({
    id,
    name: words[id as keyof typeof words] ?? id,
    category,
    startValue,
    render,
    isShown: () => true,
  });
  return [
    standard('unit', 'short', ({ value, onChange }) => (
      <UnitInput label={words.unit} value={asText(value)} onChange={onChange} />
    )),
    standard('min', 0, ({ value, onChange }) => (
      <NumberInput
        label={words.min}
        help={text.value.emptyIsAuto}
        placeholder={text.value.auto}
        value={asNumber(value)}
        onChange={onChange}
      />
    )),
    standard('max', 100, ({ value, onChange }) => (
      <NumberInput
        label={words.max}
        help={text.value.emptyIsAuto}
        placeholder={text.value.auto}
        value={asNumber(value)}
        onChange={onChange}
      />
    )),
    standard('decimals', 2, ({ value, onChange }) => (
      <NumberInput
        label={words.decimals}
        placeholder={text.value.auto}
        integer
        min={0}
        max={15}
        value={asNumber(value)}
        onChange={onChange}
      />
    )),
    standard('displayName', '', ({ value, onChange }) => (
      <TextInput
        label={words.displayName}
        placeholder={`\${__field.labels.instance}`}
        help={text.value.displayNameHelp}
        value={asText(value)}
        onChange={(name) => onChange(name || undefined)}
      />
    )),
    standard('color', { mode: 'fixed', fixedColor: 'blue' }, ({ value, onChange }) => (
      <ColorScheme value={(value ?? undefined) as FieldColor | undefined} onChange={onChange} />
    )),
    standard('noValue', '-', ({ value, onChange }) => (
      <TextInput
        label={words.noValue}
        placeholder="-"
        value={asText(value)}
        onChange={(shown) => onChange(shown || undefined)}
      />
    )),
    standard('filterable', true, ({ value, onChange }) => (
      <Switch label={words.filterable} value={value === true} onChange={onChange} />
    )),
    standard(
      'thresholds',
      { mode: 'absolute', steps: [{ value: null, color: 'green' }] },
      ({ value, onChange }) => (
        <ThresholdsEditor value={(value ?? undefined) as Thresholds | undefined} onChange={onChange} />
      ),
      'thresholds',
    ),
    standard(
      'mappings',
      [],
      ({ value, onChange }) => (
        <MappingsEditor value={(value ?? undefined) as ValueMapping[] | undefined} onChange={onChange} />
      ),
      'mappings',
    ),
    standard(
      'links',
      [],
      ({ value, onChange }) => (
        <LinksEditor
          value={(value ?? undefined) as DataLink[] | undefined}
          onChange={onChange}
          help={text.value.dataLinkHelp}
        />
      ),
      'links',
    ),
  ];
}

const colorModes = [
  'fixed',
  'shades',
  'thresholds',
  'palette-classic',
  'palette-classic-by-name',
  'continuous-GrYlRd',
  'continuous-RdYlGr',
  'continuous-BlYlRd',
  'continuous-YlRd',
  'continuous-BlPu',
  'continuous-YlBl',
  'continuous-blues',
  'continuous-reds',
  'continuous-greens',
  'continuous-purples',
] as const;

function ColorScheme({
  value,
  onChange,
}: {
  value?: FieldColor;
  onChange(value: FieldColor | undefined): void;
}) {
  const mode = value?.mode ?? '';
  const choices = [
    { value: '', label: text.value.panelDecides },
    ...colorModes.map((id) => ({ value: id as string, label: text.value.colorModes[id] })),
  ];
  const isOne = mode === 'fixed' || mode === 'shades';
  const isByValue = mode === 'thresholds' || mode.startsWith('continuous');
  return (
    <FormRow label={text.value.properties.color}>
      <span class="color-scheme">
        <Select
          label={text.value.properties.color}
          hideLabel
          value={mode}
          choices={
            choices.some((choice) => choice.value === mode)
              ? choices
              : [...choices, { value: mode, label: mode }]
          }
          onChange={(next) => {
            if (next === '') onChange(undefined);
            else {
              const needsColor = next === 'fixed' || next === 'shades';
              onChange({
                ...value,
                mode: next,
                ...(needsColor && { fixedColor: value?.fixedColor ?? 'blue' }),
              });
            }
          }}
        />
        {isOne && (
          <ColorPicker
            label={text.value.properties.color}
            value={value?.fixedColor ?? 'blue'}
            onChange={(fixedColor) => onChange({ ...value, fixedColor })}
          />
        )}
      </span>
      {isByValue && (
        <Select
          label={text.value.colorBy}
          hideLabel
          value={value?.seriesBy ?? 'last'}
          choices={(['last', 'min', 'max'] as const).map((by) => ({
            value: by,
            label: text.value.seriesBy[by],
          }))}
          onChange={(seriesBy) => onChange({ ...value, seriesBy })}
        />
      )}
    </FormRow>
  );
}
