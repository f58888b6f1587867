import { Button, IconButton } from '../../../../components/button';
import { Select } from '../../../../components/field';
import { Combobox, MultiCombobox, type Option } from '../form/combobox';
import { FormRow, NumberInput, Switch, TextInput } from '../form/inputs';
import { type FormFields, ReducerInput } from '../form/option-form';
import { getPath, isValues, setPath, type Values } from '../form/path';
import { movedEntry, Sortable } from '../form/sortable';
import { organizedFields, organizeOptions } from './organize';
import { text } from './text';

export type FormProps = {
  options: Values;
  fields: FormFields;
  refIds: readonly string[];
  onChange(options: Values): void;
};

/** The forms of transformations whose options are more than a list of inputs. */
export function TransformationForm({ id, ...props }: FormProps & { id: string }) {
  switch (id) {
    case 'organize':
      return <Organize {...props} />;
    case 'filterByRefId':
      return <FilterByRefId {...props} />;
    case 'groupBy':
      return <GroupBy {...props} />;
    case 'calculateField':
      return <CalculateField {...props} />;
    case 'sortBy':
      return <SortBy {...props} />;
    case 'filterByValue':
      return <FilterByValue {...props} />;
    case 'convertFieldType':
      return <ConvertFieldType {...props} />;
    default:
      return null;
  }
}

function optionsOf(fields: FormFields): Option[] {
  return fields.map(({ name }) => ({ value: name }));
}

function records(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isValues) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function Organize({ options, fields, onChange }: FormProps) {
  const rows = organizedFields(
    options,
    fields.map(({ name }) => name),
  );
  return (
    <Sortable
      label={text.value.fields}
      keys={rows.map(({ name }) => name)}
      names={rows.map(({ name }) => name)}
      onMove={(from, to) => onChange(organizeOptions(options, movedEntry(rows, from, to)))}
    >
      {(at, handle) => {
        const row = rows[at]!;
        const set = (change: Partial<typeof row>) =>
          onChange(organizeOptions(options, rows.with(at, { ...row, ...change })));
        return (
          <div class={row.isHidden ? 'organize-row is-hidden' : 'organize-row'}>
            {handle}
            <IconButton
              icon={row.isHidden ? 'eyeOff' : 'eye'}
              label={row.isHidden ? text.value.show(row.name) : text.value.hide(row.name)}
              aria-pressed={row.isHidden}
              onClick={() => set({ isHidden: !row.isHidden })}
            />
            <span class="organize-name" title={row.name}>
              {row.name}
            </span>
            <TextInput
              label={text.value.rename(row.name)}
              hideLabel
              placeholder={text.value.newName}
              value={row.newName}
              onChange={(newName) => set({ newName })}
            />
          </div>
        );
      }}
    </Sortable>
  );
}

/** Grafana keeps the letters as an expression that matches one of them. */
function FilterByRefId({ options, refIds, onChange }: FormProps) {
  const include = textOf(options.include);
  const chosen = include
    .replace(/^\/?\^?\(?(?:\?:)?/, '')
    .replace(/\)?\$?\/?$/, '')
    .split('|')
    .filter(Boolean);
  return (
    <FormRow label={text.value.queries}>
      <MultiCombobox
        label={text.value.queries}
        hideLabel
        values={chosen}
        options={refIds.map((refId) => ({ value: refId }))}
        onChange={(letters) =>
          onChange({ ...options, include: letters.length > 0 ? `/^(?:${letters.join('|')})$/` : undefined })
        }
      />
    </FormRow>
  );
}

function GroupBy({ options, fields, onChange }: FormProps) {
  const set = isValues(options.fields) ? options.fields : {};
  const names = [...new Set([...fields.map(({ name }) => name), ...Object.keys(set)])];
  return (
    <div class="transform-rows">
      {names.map((name) => {
        const own = isValues(set[name]) ? set[name] : {};
        const operation = textOf(own.operation);
        const change = (next: Values) => onChange({ ...options, fields: { ...set, [name]: next } });
        return (
          <div key={name} class="group-row">
            <span class="organize-name" title={name}>
              {name}
            </span>
            <Select
              label={text.value.useOf(name)}
              hideLabel
              value={operation}
              choices={[
                { value: '', label: text.value.ignore },
                { value: 'groupby', label: text.value.groupBy },
                { value: 'aggregate', label: text.value.calculate },
              ]}
              onChange={(next) => change({ aggregations: [], ...own, operation: next === '' ? null : next })}
            />
            {operation === 'aggregate' && (
              <ReducerInput
                label={text.value.calculationsOf(name)}
                several
                value={own.aggregations}
                onChange={(aggregations) => change({ ...own, aggregations })}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

const calculationModes = [
  'reduceRow',
  'binary',
  'unary',
  'index',
  'cumulativeFunctions',
  'windowFunctions',
] as const;

function CalculateField({ options, fields, onChange }: FormProps) {
  const mode = textOf(options.mode) || 'reduceRow';
  const numbers = optionsOf(fields.filter(({ type }) => type === 'number'));
  const at = (path: string) => getPath(options, path);
  const set = (path: string) => (value: unknown) => onChange(setPath(options, path, value));
  const included = Array.isArray(at('reduce.include')) ? (at('reduce.include') as unknown[]).map(String) : [];
  return (
    <>
      <Select
        label={text.value.mode}
        value={mode}
        choices={calculationModes.map((id) => ({
          value: id as string,
          label: text.value.calculationModes[id],
        }))}
        onChange={(next) => onChange({ ...options, mode: next })}
      />
      {mode === 'reduceRow' && (
        <>
          <FormRow label={text.value.fields} help={text.value.noneIsAll}>
            <MultiCombobox
              label={text.value.fields}
              hideLabel
              values={included}
              options={numbers}
              onChange={(names) => set('reduce.include')(names.length > 0 ? names : undefined)}
            />
          </FormRow>
          <ReducerInput
            label={text.value.calculation}
            several={false}
            value={textOf(at('reduce.reducer')) || 'sum'}
            onChange={(reducer) => set('reduce.reducer')(reducer)}
          />
        </>
      )}
      {mode === 'binary' && (
        <div class="transform-line">
          <Operand
            label={text.value.left}
            value={at('binary.left')}
            fields={numbers}
            onChange={set('binary.left')}
          />
          <Select
            label={text.value.operator}
            value={textOf(at('binary.operator')) || '+'}
            choices={['+', '-', '*', '/', '%', '^'].map((sign) => ({ value: sign, label: sign }))}
            onChange={set('binary.operator')}
          />
          <Operand
            label={text.value.right}
            value={at('binary.right')}
            fields={numbers}
            onChange={set('binary.right')}
          />
        </div>
      )}
      {mode === 'unary' && (
        <div class="transform-line">
          <Select
            label={text.value.function}
            value={textOf(at('unary.operator')) || 'abs'}
            choices={['abs', 'exp', 'ln', 'floor', 'ceil'].map((name) => ({ value: name, label: name }))}
            onChange={set('unary.operator')}
          />
          <Combobox
            label={text.value.field}
            isFree
            value={textOf(at('unary.fieldName'))}
            options={numbers}
            onChange={set('unary.fieldName')}
          />
        </div>
      )}
      {mode === 'index' && (
        <Switch
          label={text.value.asPercentile}
          value={at('index.asPercentile') === true}
          onChange={set('index.asPercentile')}
        />
      )}
      {(mode === 'cumulativeFunctions' || mode === 'windowFunctions') && (
        <CalculationOverRows mode={mode} at={at} set={set} numbers={numbers} />
      )}
    </>
  );
}

function CalculationOverRows({
  mode,
  at,
  set,
  numbers,
}: {
  mode: 'cumulativeFunctions' | 'windowFunctions';
  at(path: string): unknown;
  set(path: string): (value: unknown) => void;
  numbers: Option[];
}) {
  const root = mode === 'windowFunctions' ? 'window' : 'cumulative';
  const reducerNames =
    mode === 'windowFunctions' ? (['mean', 'stdDev', 'variance'] as const) : (['sum', 'mean'] as const);
  return (
    <div class="transform-line">
      <Combobox
        label={text.value.field}
        isFree
        value={textOf(at(`${root}.field`))}
        options={numbers}
        onChange={set(`${root}.field`)}
      />
      <Select
        label={text.value.calculation}
        value={textOf(at(`${root}.reducer`)) || reducerNames[0]}
        choices={reducerNames.map((name) => ({ value: name as string, label: text.value.rowReducers[name] }))}
        onChange={set(`${root}.reducer`)}
      />
      {mode === 'windowFunctions' && (
        <>
          <Select
            label={text.value.windowAlignment}
            value={textOf(at('window.windowAlignment')) || 'trailing'}
            choices={[
              { value: 'trailing', label: text.value.trailing },
              { value: 'centered', label: text.value.centered },
            ]}
            onChange={set('window.windowAlignment')}
          />
          <Select
            label={text.value.windowSizeMode}
            value={textOf(at('window.windowSizeMode')) || 'percentage'}
            choices={[
              { value: 'percentage', label: '%' },
              { value: 'fixed', label: text.value.rows },
            ]}
            onChange={set('window.windowSizeMode')}
          />
          <NumberInput
            label={text.value.windowSize}
            min={0}
            value={
              typeof at('window.windowSize') === 'number'
                ? (at('window.windowSize') as number) * (at('window.windowSizeMode') === 'fixed' ? 1 : 100)
                : undefined
            }
            onChange={(size) =>
              set('window.windowSize')(
                size === undefined ? undefined : at('window.windowSizeMode') === 'fixed' ? size : size / 100,
              )
            }
          />
        </>
      )}
    </div>
  );
}

/** A field, or a number. Newer dashboards have `{matcher}` or `{fixed}` where older have the name. */
function Operand({
  label,
  value,
  fields,
  onChange,
}: {
  label: string;
  value: unknown;
  fields: Option[];
  onChange(value: unknown): void;
}) {
  const shown = isValues(value)
    ? textOf(value.fixed) || textOf(getPath(value, 'matcher.options'))
    : textOf(value);
  return (
    <Combobox
      label={label}
      isFree
      placeholder={text.value.fieldOrNumber}
      value={shown}
      options={fields}
      onChange={(written) => {
        const isNumber = written.trim() !== '' && Number.isFinite(Number(written));
        onChange(isNumber ? { fixed: written.trim() } : { matcher: { id: 'byName', options: written } });
      }}
    />
  );
}

function SortBy({ options, fields, onChange }: FormProps) {
  const sort = records(options.sort)[0] ?? {};
  return (
    <div class="transform-line">
      <Combobox
        label={text.value.field}
        isFree
        value={textOf(sort.field)}
        options={optionsOf(fields)}
        onChange={(name) => onChange({ ...options, sort: [{ ...sort, field: name }] })}
      />
      <Switch
        label={text.value.descending}
        value={sort.desc === true}
        onChange={(desc) => onChange({ ...options, sort: [{ ...sort, desc }] })}
      />
    </div>
  );
}

const conditions = [
  'regex',
  'isNull',
  'isNotNull',
  'equal',
  'notEqual',
  'substring',
  'notSubstring',
  'greater',
  'greaterOrEqual',
  'lower',
  'lowerOrEqual',
  'between',
] as const;

function FilterByValue({ options, fields, onChange }: FormProps) {
  const filters = records(options.filters);
  const set = (next: Values[]) => onChange({ ...options, filters: next });
  return (
    <div class="transform-rows">
      {filters.map((filter, at) => {
        const id = textOf(getPath(filter, 'config.id')) || 'equal';
        const value = getPath(filter, 'config.options.value');
        const change = (next: Values) => set(filters.with(at, next));
        const setOption = (name: string, written: string) =>
          change(
            setPath(
              filter,
              `config.options.${name}`,
              written.trim() !== '' && Number.isFinite(Number(written)) ? Number(written) : written,
            ),
          );
        return (
          <div key={at} class="transform-line">
            <Combobox
              label={text.value.field}
              isFree
              value={textOf(filter.fieldName)}
              options={optionsOf(fields)}
              onChange={(name) => change({ ...filter, fieldName: name })}
            />
            <Select
              label={text.value.condition}
              value={id}
              choices={conditions.map((name) => ({
                value: name as string,
                label: text.value.conditions[name],
              }))}
              onChange={(name) =>
                change({ ...filter, config: { id: name, options: getPath(filter, 'config.options') ?? {} } })
              }
            />
            {id === 'between' ? (
              <>
                <TextInput
                  label={text.value.from}
                  value={textOf(getPath(filter, 'config.options.from'))}
                  onChange={(written) => setOption('from', written)}
                />
                <TextInput
                  label={text.value.to}
                  value={textOf(getPath(filter, 'config.options.to'))}
                  onChange={(written) => setOption('to', written)}
                />
              </>
            ) : (
              id !== 'isNull' &&
              id !== 'isNotNull' && (
                <TextInput
                  label={text.value.value}
                  value={textOf(value)}
                  onChange={(written) => setOption('value', written)}
                />
              )
            )}
            <IconButton
              icon="trash"
              label={text.value.removeCondition}
              onClick={() => set(filters.toSpliced(at, 1))}
            />
          </div>
        );
      })}
      <Button
        icon="plus"
        onClick={() =>
          set([
            ...filters,
            { fieldName: fields[0]?.name ?? '', config: { id: 'equal', options: { value: '' } } },
          ])
        }
      >
        {text.value.addCondition}
      </Button>
    </div>
  );
}

function ConvertFieldType({ options, fields, onChange }: FormProps) {
  const conversions = records(options.conversions);
  const set = (next: Values[]) => onChange({ ...options, conversions: next });
  return (
    <div class="transform-rows">
      {conversions.map((conversion, at) => {
        const change = (part: Values) => set(conversions.with(at, { ...conversion, ...part }));
        return (
          <div key={at} class="transform-line">
            <Combobox
              label={text.value.field}
              isFree
              value={textOf(conversion.targetField)}
              options={optionsOf(fields)}
              onChange={(name) => change({ targetField: name })}
            />
            <Select
              label={text.value.type}
              value={textOf(conversion.destinationType) || 'number'}
              choices={(['number', 'string', 'time', 'boolean'] as const).map((type) => ({
                value: type as string,
                label: text.value.types[type],
              }))}
              onChange={(destinationType) => change({ destinationType })}
            />
            {conversion.destinationType === 'time' && (
              <TextInput
                label={text.value.format}
                placeholder="YYYY-MM-DD"
                value={textOf(conversion.dateFormat)}
                onChange={(dateFormat) => change({ dateFormat })}
              />
            )}
            <IconButton
              icon="trash"
              label={text.value.removeConversion}
              onClick={() => set(conversions.toSpliced(at, 1))}
            />
          </div>
        );
      })}
      <Button icon="plus" onClick={() => set([...conversions, { destinationType: 'number' }])}>
        {text.value.addConversion}
      </Button>
    </div>
  );
}
