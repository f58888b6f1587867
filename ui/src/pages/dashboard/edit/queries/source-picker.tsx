import type { DataSource } from '../../../../dashboard/datasources';
import { dataSources } from '../../../../dashboard/datasources';
import type { DataSourceRef, Variable } from '../../../../dashboard/model';
import { Combobox, type Option } from '../form/combobox';
import { dashboardUid, mixedUid } from '../panel/targets';
import { text } from './text';

export type SourcePickerProps = {
  label: string;
  hideLabel?: boolean;
  value: DataSourceRef | null | undefined;
  variables: readonly Variable[];
  onChange(value: DataSourceRef): void;
  /** Offers Mixed and Dashboard, which only whole panels have. */
  forPanel?: boolean;
  /** Only sources of these types. */
  types?: readonly string[];
};

/** A data source: one by name, a variable that stands for one, or none for the default. */
export function SourcePicker({
  label,
  hideLabel,
  value,
  variables,
  onChange,
  forPanel,
  types,
}: SourcePickerProps) {
  const sources = (dataSources.value ?? []).filter(({ type }) => !types || types.includes(type));
  const refs = sourceRefs(sources, variables, forPanel === true);
  const own = value?.uid ?? '';
  const fallback = (dataSources.value ?? []).find(({ isDefault }) => isDefault);
  const options: Option[] = refs.map(({ ref, name, note }) => ({ value: ref.uid ?? '', label: name, note }));
  if (own !== '' && own !== 'default' && !refs.some(({ ref }) => ref.uid === own)) {
    const byName = sources.find(({ name }) => name === own);
    options.push({
      value: own,
      label: byName?.name ?? own,
      note: byName ? byName.type : text.value.missingSource,
    });
  }
  return (
    <Combobox
      label={label}
      hideLabel={hideLabel}
      value={own}
      shown={own === '' || own === 'default' ? text.value.defaultSource(fallback?.name ?? '') : undefined}
      options={options}
      onChange={(uid) => {
        const chosen = refs.find(({ ref }) => ref.uid === uid);
        if (chosen) onChange(chosen.ref);
      }}
    />
  );
}

type Choice = { ref: DataSourceRef; name: string; note?: string };

function sourceRefs(
  sources: readonly DataSource[],
  variables: readonly Variable[],
  forPanel: boolean,
): Choice[] {
  const choices: Choice[] = sources.map(({ uid, name, type, isDefault }) => ({
    ref: { type, uid },
    name,
    note: isDefault ? `${type}, ${text.value.byDefault}` : type,
  }));
  for (const variable of variables) {
    if (variable.type !== 'datasource') continue;
    const type = typeof variable.query === 'string' ? variable.query : undefined;
    choices.push({
      ref: { ...(type && { type }), uid: `\${${variable.name}}` },
      name: `\${${variable.name}}`,
      note: text.value.variable,
    });
  }
  if (forPanel) {
    choices.push(
      { ref: { type: 'datasource', uid: mixedUid }, name: mixedUid, note: text.value.mixedNote },
      { ref: { type: 'datasource', uid: dashboardUid }, name: dashboardUid, note: text.value.dashboardNote },
    );
  }
  return choices;
}
