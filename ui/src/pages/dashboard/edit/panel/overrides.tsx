import './overrides.css';
import { Button, IconButton } from '../../../../components/button';
import { Select } from '../../../../components/field';
import type { FieldOverride, Matcher } from '../../../../dashboard/model';
import { reducers } from '../../../../frame/reduce';
import { Combobox, MultiCombobox } from '../form/combobox';
import { inLanguage } from '../form/in-language';
import { NumberInput, TextInput } from '../form/inputs';
import type { FormFields } from '../form/option-form';
import { isValues } from '../form/path';
import { movedEntry, Sortable } from '../form/sortable';
import type { Property } from './properties';
import { text } from './text';

const matcherIds = ['byName', 'byRegexp', 'byType', 'byFrameRefID', 'byNames', 'byValue'] as const;
type MatcherId = (typeof matcherIds)[number];

export function newMatcher(id: string): Matcher {
  switch (id) {
    case 'byNames':
      return { id, options: { mode: 'include', names: [], prefix: 'All except:', readOnly: false } };
    case 'byType':
      return { id, options: 'number' };
    case 'byFrameRefID':
      return { id, options: 'A' };
    case 'byValue':
      return { id, options: { reducer: 'max', op: 'gte', value: 0 } };
    default:
      return { id, options: '' };
  }
}

/** What some fields have otherwise than all. */
export function OverridesEditor({
  value,
  properties,
  fields,
  refIds,
  onChange,
}: {
  value: readonly FieldOverride[];
  properties: readonly Property[];
  fields: FormFields;
  refIds: readonly string[];
  onChange(value: FieldOverride[]): void;
}) {
  const set = (at: number, override: FieldOverride) =>
    onChange(value.map((other, place) => (place === at ? override : other)));
  return (
    <div class="overrides">
      <Sortable
        label={text.value.overrides}
        keys={value.map((_, at) => String(at))}
        names={value.map((override) => describe(override.matcher))}
        onMove={(from, to) => onChange(movedEntry(value, from, to))}
      >
        {(at, handle) => {
          const override = value[at]!;
          return (
            <section class="override" aria-label={`${text.value.override} ${at + 1}`}>
              <header class="override-head">
                {handle}
                <Select
                  label={text.value.matcher}
                  hideLabel
                  value={override.matcher.id}
                  choices={matcherChoices(override.matcher.id)}
                  onChange={(id) => set(at, { ...override, matcher: newMatcher(id) })}
                />
                <IconButton
                  icon="trash"
                  label={text.value.removeNamed(`${text.value.override} ${at + 1}`)}
                  onClick={() => onChange(value.filter((_, place) => place !== at))}
                />
              </header>
              <MatcherOptions
                matcher={override.matcher}
                fields={fields}
                refIds={refIds}
                onChange={(matcher) => set(at, { ...override, matcher })}
              />
              <OverrideProperties
                override={override}
                properties={properties}
                fields={fields}
                onChange={(next) => set(at, next)}
              />
            </section>
          );
        }}
      </Sortable>
      <Button
        icon="plus"
        onClick={() => onChange([...value, { matcher: newMatcher('byName'), properties: [] }])}
      >
        {text.value.addOverride}
      </Button>
    </div>
  );
}

function describe({ id, options }: Matcher): string {
  const what = text.value.matchers[id as MatcherId] ?? id;
  return typeof options === 'string' && options !== '' ? `${what}: ${options}` : what;
}

function matcherChoices(current: string) {
  const choices = matcherIds.map((id) => ({ value: id as string, label: text.value.matchers[id] }));
  return choices.some(({ value }) => value === current)
    ? choices
    : [...choices, { value: current, label: current }];
}

function MatcherOptions({
  matcher,
  fields,
  refIds,
  onChange,
}: {
  matcher: Matcher;
  fields: FormFields;
  refIds: readonly string[];
  onChange(matcher: Matcher): void;
}) {
  const label = text.value.matchers[matcher.id as MatcherId] ?? matcher.id;
  const options = isValues(matcher.options) ? matcher.options : {};
  const own = typeof matcher.options === 'string' ? matcher.options : '';
  const names = fields.map(({ name }) => ({ value: name }));
  switch (matcher.id) {
    case 'byName':
      return (
        <Combobox
          label={label}
          hideLabel
          isFree
          value={own}
          placeholder={text.value.chooseField}
          options={names}
          onChange={(name) => onChange({ ...matcher, options: name })}
        />
      );
    case 'byRegexp':
      return (
        <TextInput
          label={label}
          hideLabel
          placeholder="/node-.*/"
          value={own}
          onChange={(pattern) => onChange({ ...matcher, options: pattern })}
        />
      );
    case 'byType':
      return (
        <Select
          label={label}
          hideLabel
          value={own}
          choices={(['number', 'string', 'time', 'boolean', 'other'] as const).map((type) => ({
            value: type as string,
            label: text.value.fieldTypes[type],
          }))}
          onChange={(type) => onChange({ ...matcher, options: type })}
        />
      );
    case 'byFrameRefID':
      return (
        <Select
          label={label}
          hideLabel
          value={own}
          choices={[...new Set([...refIds, own])]
            .filter(Boolean)
            .map((refId) => ({ value: refId, label: refId }))}
          onChange={(refId) => onChange({ ...matcher, options: refId })}
        />
      );
    case 'byNames':
      return (
        <MultiCombobox
          label={label}
          hideLabel
          isFree
          values={Array.isArray(options.names) ? options.names.map(String) : []}
          options={names}
          onChange={(chosen) =>
            onChange({ ...matcher, options: { mode: 'include', ...options, names: chosen } })
          }
        />
      );
    case 'byValue':
      return (
        <span class="override-by-value">
          <Combobox
            label={text.value.reducer}
            hideLabel
            value={String(options.reducer ?? 'max')}
            options={reducers.map(({ id, name }) => ({ value: id, label: inLanguage(name) }))}
            onChange={(reducer) => onChange({ ...matcher, options: { ...options, reducer } })}
          />
          <Select
            label={text.value.comparison}
            hideLabel
            value={String(options.op ?? 'gte')}
            choices={Object.entries({ gte: '≥', gt: '>', lte: '≤', lt: '<', eq: '=', neq: '≠' }).map(
              ([value, sign]) => ({ value, label: sign }),
            )}
            onChange={(op) => onChange({ ...matcher, options: { ...options, op } })}
          />
          <NumberInput
            label={text.value.value}
            hideLabel
            value={typeof options.value === 'number' ? options.value : undefined}
            onChange={(number) => onChange({ ...matcher, options: { ...options, value: number ?? 0 } })}
          />
        </span>
      );
    default:
      return (
        <TextInput
          label={label}
          hideLabel
          value={
            typeof matcher.options === 'string' ? matcher.options : JSON.stringify(matcher.options ?? '')
          }
          onChange={(written) => onChange({ ...matcher, options: written })}
        />
      );
  }
}

function OverrideProperties({
  override,
  properties,
  fields,
  onChange,
}: {
  override: FieldOverride;
  properties: readonly Property[];
  fields: FormFields;
  onChange(override: FieldOverride): void;
}) {
  const used = new Set(override.properties.map(({ id }) => id));
  return (
    <div class="override-properties">
      {override.properties.map((property, at) => {
        const known = properties.find(({ id }) => id === property.id);
        return (
          <div key={property.id} class="override-property">
            <div class="override-input">
              {known ? (
                known.render({
                  value: property.value,
                  fields,
                  onChange: (value) =>
                    onChange({
                      ...override,
                      properties: override.properties.map((other, place) =>
                        place === at ? { ...other, value } : other,
                      ),
                    }),
                })
              ) : (
                <p class="opt-hint">
                  {property.id}: <code>{JSON.stringify(property.value)}</code> — {text.value.keptAsIs}
                </p>
              )}
            </div>
            <IconButton
              icon="close"
              label={text.value.removeNamed(known?.name ?? property.id)}
              onClick={() =>
                onChange({
                  ...override,
                  properties: override.properties.filter((_, place) => place !== at),
                })
              }
            />
          </div>
        );
      })}
      <Combobox
        label={text.value.addProperty}
        hideLabel
        value=""
        placeholder={text.value.addProperty}
        options={properties
          .filter(({ id }) => !used.has(id))
          .map(({ id, name, group, category }) => ({
            value: id,
            label: name,
            group: group ?? text.value.categories[category],
          }))}
        onChange={(id) => {
          const property = properties.find((candidate) => candidate.id === id);
          if (!property) return;
          onChange({
            ...override,
            properties: [...override.properties, { id, value: structuredClone(property.startValue) }],
          });
        }}
      />
    </div>
  );
}
