import { Button, IconButton, Segmented } from '../../../../components/button';
import { Select } from '../../../../components/field';
import { CodeArea } from '../form/code-area';
import { Combobox } from '../form/combobox';
import { FormRow, NumberInput, TextInput } from '../form/inputs';
import { getPath, isValues, setPath, type Values } from '../form/path';
import { LegendInput } from './promql-query';
import type { QueryFormProps } from './query-form';
import { text } from './text';

const textOf = (value: unknown) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** SQL as it is sent, with Grafana's macros. */
export function SqlQuery({ target, datasource, onChange }: QueryFormProps) {
  return (
    <>
      <CodeArea
        label={text.value.queryOf(target.refId)}
        language={datasource?.type === 'mysql' ? 'mysql' : 'postgres'}
        placeholder="SELECT $__timeGroupAlias(created, $__interval), count(*) AS value FROM orders WHERE $__timeFilter(created) GROUP BY 1 ORDER BY 1"
        value={textOf(target.rawSql)}
        onChange={(rawSql) => onChange({ ...target, rawSql, rawQuery: true, editorMode: 'code' })}
      />
      <p class="opt-hint">{text.value.sqlHint}</p>
      <FormRow label={text.value.format}>
        <Segmented
          label={text.value.format}
          value={target.format === 'table' ? 'table' : 'time_series'}
          choices={[
            { value: 'time_series', label: text.value.formats.time_series },
            { value: 'table', label: text.value.formats.table },
          ]}
          onChange={(format) => onChange({ ...target, format })}
        />
      </FormRow>
    </>
  );
}

export function LokiQuery({ target, onChange }: QueryFormProps) {
  return (
    <>
      <CodeArea
        label={text.value.queryOf(target.refId)}
        language="plain"
        placeholder={'{job="app"} |= "error"'}
        value={textOf(target.expr)}
        onChange={(expr) => onChange({ ...target, expr })}
      />
      <div class="query-options">
        <LegendInput
          value={target.legendFormat ?? ''}
          onChange={(legendFormat) => onChange({ ...target, legendFormat })}
        />
        <FormRow label={text.value.type}>
          <Segmented
            label={text.value.type}
            value={target.queryType === 'instant' ? 'instant' : 'range'}
            choices={(['range', 'instant'] as const).map((value) => ({
              value,
              label: text.value.queryTypes[value],
            }))}
            onChange={(queryType) => onChange({ ...target, queryType })}
          />
        </FormRow>
        <NumberInput
          label={text.value.lineLimit}
          min={1}
          integer
          placeholder="1000"
          value={typeof target.maxLines === 'number' ? target.maxLines : undefined}
          onChange={(maxLines) => onChange({ ...target, maxLines })}
        />
        <TextInput
          label={text.value.step}
          placeholder={text.value.auto}
          value={textOf(target.step)}
          onChange={(step) => onChange({ ...target, step: step || undefined })}
        />
      </div>
    </>
  );
}

const metricTypes = [
  'count',
  'avg',
  'sum',
  'min',
  'max',
  'cardinality',
  'percentiles',
  'extended_stats',
  'raw_data',
  'logs',
] as const;
const bucketTypes = ['date_histogram', 'terms', 'histogram', 'filters'] as const;

function records(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isValues) : [];
}

/** A Lucene query, what is calculated, and what it is grouped by. */
export function ElasticQuery({ target, onChange }: QueryFormProps) {
  const metrics = records(target.metrics);
  const buckets = records(target.bucketAggs);
  const nextId = () => String(Math.max(0, ...[...metrics, ...buckets].map(({ id }) => Number(id) || 0)) + 1);
  const hasBuckets = !metrics.some(({ type }) => type === 'raw_data' || type === 'logs');
  return (
    <>
      <TextInput
        label={text.value.lucene}
        placeholder="status:500 AND path:/api*"
        value={textOf(target.query)}
        onChange={(query) => onChange({ ...target, query })}
      />
      <div class="query-options">
        <TextInput
          label={text.value.alias}
          value={textOf(target.alias)}
          onChange={(alias) => onChange({ ...target, alias })}
        />
        <TextInput
          label={text.value.timeField}
          value={textOf(target.timeField)}
          placeholder="@timestamp"
          onChange={(timeField) => onChange({ ...target, timeField })}
        />
      </div>
      <AggregationList
        label={text.value.metrics}
        entries={metrics}
        types={metricTypes.map((value) => ({ value: value as string, label: text.value.metricTypes[value] }))}
        needsField={(type) => !['count', 'raw_data', 'logs'].includes(type)}
        onAdd={() => onChange({ ...target, metrics: [...metrics, { id: nextId(), type: 'count' }] })}
        onChange={(next) => onChange({ ...target, metrics: next })}
      />
      {hasBuckets && (
        <AggregationList
          label={text.value.groupBy}
          entries={buckets}
          types={bucketTypes.map((value) => ({
            value: value as string,
            label: text.value.bucketTypes[value],
          }))}
          needsField={(type) => type !== 'filters'}
          settings={(entry, set) => <BucketSettings entry={entry} onChange={set} />}
          onAdd={() =>
            onChange({
              ...target,
              bucketAggs: [
                {
                  id: nextId(),
                  type: 'terms',
                  field: '',
                  settings: { size: '10', order: 'desc', orderBy: '_term' },
                },
                ...buckets,
              ],
            })
          }
          onChange={(next) => onChange({ ...target, bucketAggs: next })}
        />
      )}
    </>
  );
}

function AggregationList(props: {
  label: string;
  entries: Values[];
  types: { value: string; label: string }[];
  needsField(type: string): boolean;
  settings?(entry: Values, set: (entry: Values) => void): preact.ComponentChildren;
  onAdd(): void;
  onChange(entries: Values[]): void;
}) {
  const { label, entries, types, needsField, settings, onAdd, onChange } = props;
  return (
    <div class="query-list" role="group" aria-label={label}>
      <span class="field-label">{label}</span>
      {entries.map((entry, at) => {
        const set = (next: Values) => onChange(entries.with(at, next));
        const type = textOf(entry.type);
        return (
          <div key={textOf(entry.id) || at} class="query-list-row">
            <Select
              label={text.value.type}
              hideLabel
              value={type}
              choices={
                types.some(({ value }) => value === type) ? types : [...types, { value: type, label: type }]
              }
              onChange={(next) => set({ ...entry, type: next })}
            />
            {needsField(type) && (
              <TextInput
                label={text.value.field}
                hideLabel
                placeholder={text.value.field}
                value={textOf(entry.field)}
                onChange={(field) => set({ ...entry, field })}
              />
            )}
            {settings?.(entry, set)}
            <IconButton
              icon="trash"
              label={text.value.removeEntry(at + 1, label)}
              onClick={() => onChange(entries.toSpliced(at, 1))}
            />
          </div>
        );
      })}
      <Button icon="plus" onClick={onAdd}>
        {text.value.addTo(label)}
      </Button>
    </div>
  );
}

function BucketSettings({ entry, onChange }: { entry: Values; onChange(entry: Values): void }) {
  const name = entry.type === 'terms' ? 'size' : entry.type === 'filters' ? null : 'interval';
  if (!name) {
    const filters = records(getPath(entry, 'settings.filters'));
    return (
      <TextInput
        label={text.value.filters}
        hideLabel
        placeholder="status:200, status:500"
        value={filters.map(({ query }) => textOf(query)).join(', ')}
        onChange={(written) =>
          onChange(
            setPath(
              entry,
              'settings.filters',
              written
                .split(',')
                .map((query) => ({ query: query.trim(), label: '' }))
                .filter(({ query }) => query !== ''),
            ),
          )
        }
      />
    );
  }
  return (
    <TextInput
      label={name === 'size' ? text.value.size : text.value.interval}
      hideLabel
      placeholder={name === 'size' ? text.value.size : text.value.interval}
      value={textOf(getPath(entry, `settings.${name}`))}
      onChange={(written) => onChange(setPath(entry, `settings.${name}`, written || undefined))}
    />
  );
}

const expressionTypes = ['math', 'reduce', 'resample', 'threshold'] as const;

/** A calculation on the answers of other queries. */
export function ExpressionQuery({ target, refIds, onChange }: QueryFormProps) {
  const type = textOf(target.type) || 'math';
  const others = refIds.map((refId) => ({ value: refId }));
  const input = (
    <Combobox
      label={text.value.input}
      value={textOf(target.expression)}
      options={others}
      onChange={(expression) => onChange({ ...target, expression })}
    />
  );
  const evaluator = getPath(target, 'conditions.0') ?? records(target.conditions)[0];
  const condition = isValues(evaluator) ? evaluator : {};
  const params = getPath(condition, 'evaluator.params');
  const limits = Array.isArray(params) ? params.map(Number) : [0];
  const setCondition = (kind: string, values: number[]) =>
    onChange({
      ...target,
      conditions: [{ ...condition, evaluator: { type: kind, params: values } }],
    });
  const thresholdType = textOf(getPath(condition, 'evaluator.type')) || 'gt';
  const isRange = thresholdType === 'within_range' || thresholdType === 'outside_range';
  return (
    <div class="query-options">
      <Select
        label={text.value.operation}
        value={type}
        choices={expressionTypes.map((value) => ({
          value: value as string,
          label: text.value.expressionTypes[value],
        }))}
        onChange={(next) => onChange({ ...target, type: next })}
      />
      {type === 'math' && (
        <TextInput
          label={text.value.expression}
          help={text.value.mathHelp}
          placeholder="$A * 100 / $B"
          value={textOf(target.expression)}
          onChange={(expression) => onChange({ ...target, expression })}
        />
      )}
      {type === 'reduce' && (
        <>
          {input}
          <Select
            label={text.value.function}
            value={textOf(target.reducer) || 'mean'}
            choices={['mean', 'min', 'max', 'sum', 'count', 'last', 'median'].map((value) => ({
              value,
              label: value,
            }))}
            onChange={(reducer) => onChange({ ...target, reducer })}
          />
          <Select
            label={text.value.nonNumbers}
            value={textOf(getPath(target, 'settings.mode'))}
            choices={[
              { value: '', label: text.value.strict },
              { value: 'dropNN', label: text.value.dropNonNumbers },
              { value: 'replaceNN', label: text.value.replaceNonNumbers },
            ]}
            onChange={(mode) =>
              onChange({
                ...target,
                settings: { ...(isValues(target.settings) ? target.settings : {}), mode },
              })
            }
          />
          {getPath(target, 'settings.mode') === 'replaceNN' && (
            <NumberInput
              label={text.value.replaceWith}
              value={Number(getPath(target, 'settings.replaceWithValue') ?? 0)}
              onChange={(number) =>
                onChange({ ...target, settings: { mode: 'replaceNN', replaceWithValue: number ?? 0 } })
              }
            />
          )}
        </>
      )}
      {type === 'resample' && (
        <>
          {input}
          <TextInput
            label={text.value.resampleTo}
            placeholder="10s"
            value={textOf(target.window)}
            onChange={(window) => onChange({ ...target, window })}
          />
          <Select
            label={text.value.downsample}
            value={textOf(target.downsampler) || 'mean'}
            choices={['mean', 'min', 'max', 'sum', 'last'].map((value) => ({ value, label: value }))}
            onChange={(downsampler) => onChange({ ...target, downsampler })}
          />
          <Select
            label={text.value.upsample}
            value={textOf(target.upsampler) || 'fillna'}
            choices={['pad', 'backfilling', 'fillna'].map((value) => ({ value, label: value }))}
            onChange={(upsampler) => onChange({ ...target, upsampler })}
          />
        </>
      )}
      {type === 'threshold' && (
        <>
          {input}
          <Select
            label={text.value.is}
            value={thresholdType}
            choices={(['gt', 'lt', 'within_range', 'outside_range'] as const).map((value) => ({
              value: value as string,
              label: text.value.thresholdTypes[value],
            }))}
            onChange={(kind) => setCondition(kind, limits)}
          />
          <NumberInput
            label={isRange ? text.value.from : text.value.value}
            value={limits[0]}
            onChange={(number) => setCondition(thresholdType, [number ?? 0, ...limits.slice(1)])}
          />
          {isRange && (
            <NumberInput
              label={text.value.to}
              value={limits[1]}
              onChange={(number) => setCondition(thresholdType, [limits[0] ?? 0, number ?? 0])}
            />
          )}
        </>
      )}
    </div>
  );
}
