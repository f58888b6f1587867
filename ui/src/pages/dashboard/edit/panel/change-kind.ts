import type { FieldConfig, FieldConfigSource, Panel } from '../../../../dashboard/model';
import type { PanelPlugin } from '../../../../panels/plugin';
import { getPath, setPath, type Values } from '../form/path';

/** What a panel of a kind begins with: the plugin's defaults, copied. */
export function newPanelOf(
  type: string,
  plugin: PanelPlugin | undefined,
): Pick<Panel, 'type' | 'options' | 'fieldConfig'> {
  return {
    type,
    options: structuredClone(plugin?.defaults.options ?? {}),
    fieldConfig: { defaults: structuredClone(plugin?.defaults.fieldConfig ?? {}), overrides: [] },
  };
}

/**
 * The panel as another kind. What both kinds understand stays: queries,
 * transformations, field options, and options of the same path that the new kind
 * can take; so do keys that neither knows, which are the dashboard's own.
 */
export function withKind(
  panel: Panel,
  type: string,
  plugin: PanelPlugin | undefined,
  before: PanelPlugin | undefined,
): Panel {
  const fresh = newPanelOf(type, plugin);
  let options: Values = fresh.options ?? {};
  for (const descriptor of plugin?.options ?? []) {
    const kept = getPath(panel.options, descriptor.path);
    if (kept !== undefined && isAllowed(descriptor, kept)) options = setPath(options, descriptor.path, kept);
  }
  const { pluginVersion: _, ...rest } = panel;
  return { ...rest, type, options, fieldConfig: fieldConfigFor(panel, plugin, before) };
}

function fieldConfigFor(
  panel: Panel,
  plugin: PanelPlugin | undefined,
  before: PanelPlugin | undefined,
): FieldConfigSource {
  const fresh = structuredClone(plugin?.defaults.fieldConfig ?? {});
  const { custom: oldCustom, ...standard } = panel.fieldConfig?.defaults ?? {};
  let custom: Values = fresh.custom ?? {};
  const paths = new Set<string>();
  for (const descriptor of plugin?.fieldOptions ?? []) {
    paths.add(`custom.${descriptor.path}`);
    const kept = getPath(oldCustom, descriptor.path);
    if (kept !== undefined && isAllowed(descriptor, kept)) custom = setPath(custom, descriptor.path, kept);
  }
  // A colour scheme that the old kind had by itself gives way to the new kind's.
  const kept: FieldConfig = { ...standard };
  const oldColor = before?.defaults.fieldConfig.color?.mode;
  if (oldColor !== undefined && kept.color?.mode === oldColor && fresh.color) kept.color = fresh.color;
  const defaults: FieldConfig = { ...fresh, ...kept };
  if (Object.keys(custom).length > 0) defaults.custom = custom;
  const overrides = (panel.fieldConfig?.overrides ?? []).map((override) => ({
    ...override,
    properties: override.properties.filter(({ id }) => !id.startsWith('custom.') || paths.has(id)),
  }));
  return { defaults, overrides: overrides.filter(({ properties }) => properties.length > 0) };
}

type Descriptor = PanelPlugin['options'][number];

/** Kinds have options of the same path with other choices. */
function isAllowed(descriptor: Descriptor, value: unknown): boolean {
  switch (descriptor.input) {
    case 'switch':
      return typeof value === 'boolean';
    case 'number':
    case 'slider':
      return typeof value === 'number';
    case 'radio':
    case 'select':
      return descriptor.choices.some((choice) => choice.value === value);
    case 'multiselect':
      return Array.isArray(value);
    case 'reducers':
      return Array.isArray(value) || typeof value === 'string';
    default:
      return true;
  }
}
