import './options-pane.css';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { Segmented } from '../../../../components/button';
import { TextField } from '../../../../components/field';
import { EmptyState, Notice } from '../../../../components/notice';
import type { FieldConfigSource, Panel, Variable } from '../../../../dashboard/model';
import { type LoadedPlugin, pluginOf } from '../../../../dashboard/plugins';
import type { PanelPlugin } from '../../../../panels/plugin';
import { panelKind } from '../../../../panels/registry';
import { inLanguage } from '../form/in-language';
import { Switch, TextInput } from '../form/inputs';
import { type FormFields, OptionInput, visibleOptions } from '../form/option-form';
import { getPath, setPath, withDefaults } from '../form/path';
import { Section } from '../form/section';
import { withKind } from './change-kind';
import { KindPicker, kindName } from './kind-picker';
import { LinksEditor } from './links';
import { OverridesEditor } from './overrides';
import { type Property, propertiesOf } from './properties';
import { type ChangePanel, RepeatOptions } from './repeat-options';
import { text } from './text';

export type OptionsPaneProps = {
  panel: Panel;
  fields: FormFields;
  variables: readonly Variable[];
  onChange: ChangePanel;
};

/** One input of the pane, as the search finds it. */
type Entry = { key: string; name: string; node: ComponentChildren };
type Category = { id: string; title: string; startsClosed?: boolean; note?: string; entries: Entry[] };

const noFieldConfig: FieldConfigSource = { defaults: {}, overrides: [] };

/** Everything that can be said of a panel beside its queries. */
export function OptionsPane(props: OptionsPaneProps) {
  const { panel, fields, onChange } = props;
  const tab = useSignal<'all' | 'overrides'>('all');
  const search = useSignal('');
  const loaded = pluginOf(panel.type);
  const plugin = typeof loaded === 'object' ? loaded : undefined;
  const properties = useMemo(() => propertiesOf(plugin), [plugin, text.value]);
  const overrides = panel.fieldConfig?.overrides ?? [];
  const words = search.value.trim().toLowerCase();
  const categories = categoriesOf(props, plugin, properties);
  const found = words
    ? categories
        .map((category) => ({
          ...category,
          entries: category.title.toLowerCase().includes(words)
            ? category.entries
            : category.entries.filter(({ name }) => name.toLowerCase().includes(words)),
        }))
        .filter(({ entries }) => entries.length > 0)
    : categories;
  return (
    <div class="options-pane">
      <KindPicker value={panel.type} onChange={(type) => changeKind(panel, type, loaded, onChange)} />
      {loaded === 'unknown' && <Notice level="warn">{text.value.unknownKindHint}</Notice>}
      <TextField
        label={text.value.searchOptions}
        hideLabel
        type="search"
        icon="search"
        placeholder={text.value.searchOptions}
        value={search.value}
        onInput={(written) => {
          search.value = written;
        }}
      />
      <Segmented
        label={text.value.optionsPane}
        value={tab.value}
        choices={[
          { value: 'all', label: text.value.tabs.all },
          {
            value: 'overrides',
            label:
              overrides.length > 0
                ? `${text.value.tabs.overrides} (${overrides.length})`
                : text.value.tabs.overrides,
          },
        ]}
        onChange={(next) => {
          tab.value = next;
        }}
      />
      {tab.value === 'overrides' ? (
        <OverridesEditor
          value={overrides}
          properties={properties}
          fields={fields}
          refIds={(panel.targets ?? []).map(({ refId }) => refId)}
          onChange={(next) =>
            onChange(text.value.overrides, (current) => ({
              ...current,
              fieldConfig: { ...noFieldConfig, ...current.fieldConfig, overrides: next },
            }))
          }
        />
      ) : (
        <>
          {found.map(({ id, title, startsClosed, note, entries }) => (
            <Section
              key={id}
              id={`panel-${id}`}
              title={title}
              startsClosed={startsClosed}
              note={note}
              forceOpen={words !== ''}
            >
              {entries.map(({ key, node }) => (
                <div key={key}>{node}</div>
              ))}
            </Section>
          ))}
          {found.length === 0 && <EmptyState icon="search" title={text.value.noOption} />}
        </>
      )}
    </div>
  );
}

function changeKind(panel: Panel, type: string, before: LoadedPlugin, onChange: ChangePanel): void {
  panelKind(type)
    ?.load()
    .then((plugin) =>
      onChange(text.value.changes.kind(kindName(type)), (current) =>
        current.type === panel.type
          ? withKind(current, type, plugin, typeof before === 'object' ? before : undefined)
          : current,
      ),
    );
}

function categoriesOf(
  props: OptionsPaneProps,
  plugin: PanelPlugin | undefined,
  properties: readonly Property[],
): Category[] {
  const { panel, fields, onChange } = props;
  const categories: Category[] = [panelCategory(props)];
  const byTitle = new Map<string, Category>();
  const categoryOf = (title: string, id: string): Category => {
    const known = byTitle.get(title);
    if (known) return known;
    const category: Category = { id, title, entries: [] };
    byTitle.set(title, category);
    categories.push(category);
    return category;
  };
  for (const descriptor of visibleOptions(plugin?.options ?? [], panel.options)) {
    const name = inLanguage(descriptor.name);
    const title = descriptor.category ? inLanguage(descriptor.category) : kindName(panel.type);
    categoryOf(title, `options-${descriptor.category?.[0] ?? panel.type}`).entries.push({
      key: descriptor.path,
      name,
      node: (
        <OptionInput
          descriptor={descriptor}
          value={getPath(panel.options, descriptor.path)}
          fields={fields}
          onChange={(value) =>
            onChange(name, (current) => ({
              ...current,
              options: setPath(current.options, descriptor.path, value),
            }))
          }
        />
      ),
    });
  }
  const defaults = panel.fieldConfig?.defaults ?? {};
  const custom = withDefaults(defaults.custom, plugin?.fieldOptions ?? []);
  for (const property of properties) {
    if (!property.isShown(custom)) continue;
    const title =
      property.group ??
      (property.category === 'panel' ? kindName(panel.type) : text.value.categories[property.category]);
    categoryOf(title, `fields-${property.group ?? property.category}`).entries.push({
      key: property.id,
      name: property.name,
      node: property.render({
        value: getPath(defaults, property.id),
        fields,
        onChange: (value) =>
          onChange(property.name, (current) => {
            const config = current.fieldConfig ?? noFieldConfig;
            return {
              ...current,
              fieldConfig: { ...config, defaults: setPath(config.defaults, property.id, value) },
            };
          }),
      }),
    });
  }
  return categories;
}

function panelCategory({ panel, variables, onChange }: OptionsPaneProps): Category {
  const set = (label: string, key: keyof Panel, value: unknown) =>
    onChange(label, (current) => {
      const { [key]: _, ...rest } = current;
      return (value === undefined ? rest : { ...rest, [key]: value }) as Panel;
    });
  const words = text.value;
  const entries: Entry[] = [
    {
      key: 'title',
      name: words.panelTitle,
      node: (
        <TextInput
          label={words.panelTitle}
          value={panel.title ?? ''}
          onChange={(title) => set(words.changes.title, 'title', title)}
        />
      ),
    },
    {
      key: 'description',
      name: words.panelDescription,
      node: (
        <TextInput
          label={words.panelDescription}
          help={words.descriptionHelp}
          multiline
          value={panel.description ?? ''}
          onChange={(description) => set(words.panelDescription, 'description', description || undefined)}
        />
      ),
    },
    {
      key: 'transparent',
      name: words.transparent,
      node: (
        <Switch
          label={words.transparent}
          value={panel.transparent === true}
          onChange={(transparent) => set(words.transparent, 'transparent', transparent || undefined)}
        />
      ),
    },
    {
      key: 'links',
      name: words.panelLinks,
      node: (
        <div class="opt-row" role="group" aria-label={words.panelLinks}>
          <span class="field-label">{words.panelLinks}</span>
          <LinksEditor value={panel.links} onChange={(links) => set(words.panelLinks, 'links', links)} />
        </div>
      ),
    },
    {
      key: 'repeat',
      name: words.repeatBy,
      node: <RepeatOptions panel={panel} variables={variables} onChange={onChange} />,
    },
  ];
  return { id: 'panel', title: words.panel, entries };
}
