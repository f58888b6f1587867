import './builder.css';
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../../../components/button';
import { Select } from '../../../../components/field';
import { Combobox, MultiCombobox, type Option } from '../form/combobox';
import { TextInput } from '../form/inputs';
import { movedEntry, Sortable } from '../form/sortable';
import type { Lookup } from '../queries/lookup';
import {
  type BinaryPart,
  type BuilderQuery,
  emptyQuery,
  type LabelFilter,
  type LabelOperator,
  newOperation,
  type Operation,
  operationDefinition,
  operationDefinitions,
  withOperation,
} from './model';
import { printQuery } from './print';
import { text } from './text';

export type PromQLBuilderProps = {
  query: BuilderQuery;
  lookup: Lookup;
  onChange(query: BuilderQuery): void;
  isInner?: boolean;
};

/** A query put together: metric, label filters, operations, and other queries that it is combined with. */
export function PromQLBuilder({ query, lookup, onChange, isInner }: PromQLBuilderProps) {
  const metrics = useOptions(() => lookup.metrics());
  return (
    <div class={isInner ? 'promql-builder is-inner' : 'promql-builder'}>
      <div class="builder-line">
        <Combobox
          label={text.value.metric}
          isFree
          value={query.metric}
          placeholder={text.value.chooseMetric}
          options={metrics.options}
          loading={metrics.loading}
          onOpen={metrics.load}
          onChange={(metric) => onChange({ ...query, metric })}
        />
        <LabelFilters query={query} lookup={lookup} onChange={onChange} />
      </div>
      <Operations query={query} lookup={lookup} onChange={onChange} />
      {query.binaries.map((part, at) => (
        <Binary
          key={at}
          part={part}
          lookup={lookup}
          onChange={(next) => onChange({ ...query, binaries: query.binaries.with(at, next) })}
          onRemove={() => onChange({ ...query, binaries: query.binaries.toSpliced(at, 1) })}
        />
      ))}
      {!isInner && (
        <code class="builder-text" title={text.value.written}>
          {printQuery(query)}
        </code>
      )}
    </div>
  );
}

function useOptions(ask: () => Promise<Option[]>) {
  const options = useSignal<Option[]>([]);
  const loading = useSignal(false);
  return {
    options: options.value,
    loading: loading.value,
    load: () => {
      loading.value = true;
      ask().then((found) => {
        options.value = found;
        loading.value = false;
      });
    },
  };
}

const operators: LabelOperator[] = ['=', '!=', '=~', '!~'];

function LabelFilters({ query, lookup, onChange }: PromQLBuilderProps) {
  const set = (labels: LabelFilter[]) => onChange({ ...query, labels });
  return (
    <div class="builder-labels" role="group" aria-label={text.value.labelFilters}>
      {query.labels.map((filter, at) => (
        <LabelFilterRow
          key={at}
          filter={filter}
          lookup={lookup}
          metric={query.metric}
          others={query.labels.filter((_, place) => place !== at)}
          onChange={(next) => set(query.labels.with(at, next))}
          onRemove={() => set(query.labels.toSpliced(at, 1))}
        />
      ))}
      <Button icon="plus" onClick={() => set([...query.labels, { name: '', operator: '=', value: '' }])}>
        {text.value.addFilter}
      </Button>
    </div>
  );
}

function LabelFilterRow(props: {
  filter: LabelFilter;
  lookup: Lookup;
  metric: string;
  others: LabelFilter[];
  onChange(filter: LabelFilter): void;
  onRemove(): void;
}) {
  const { filter, lookup, metric, others, onChange, onRemove } = props;
  // Only the metric and filters that are finished narrow what is offered.
  const selector = () =>
    printQuery({ ...emptyQuery, metric, labels: others.filter(({ name, value }) => name && value) });
  const names = useOptions(() => lookup.labels(metric));
  const values = useOptions(() =>
    lookup.values(filter.name, metric === '' && others.length === 0 ? '' : selector()),
  );
  return (
    <span class="builder-label">
      <Combobox
        label={text.value.label}
        hideLabel
        isFree
        value={filter.name}
        placeholder={text.value.label}
        options={names.options}
        loading={names.loading}
        onOpen={names.load}
        onChange={(name) => onChange({ ...filter, name })}
      />
      <Select
        label={text.value.operatorOf(filter.name)}
        hideLabel
        value={filter.operator}
        choices={operators.map((sign) => ({ value: sign, label: sign }))}
        onChange={(operator) => onChange({ ...filter, operator })}
      />
      <Combobox
        label={text.value.valueOf(filter.name)}
        hideLabel
        isFree
        value={filter.value}
        placeholder={text.value.value}
        options={values.options}
        loading={values.loading}
        onOpen={values.load}
        onChange={(value) => onChange({ ...filter, value })}
      />
      <IconButton icon="close" label={text.value.removeFilter(filter.name)} onClick={onRemove} />
    </span>
  );
}

function Operations({ query, lookup, onChange }: PromQLBuilderProps) {
  const { operations } = query;
  const labels = useOptions(() => lookup.labels(query.metric));
  const set = (next: Operation[]) => onChange({ ...query, operations: next });
  return (
    <>
      {operations.length > 0 && (
        <Sortable
          label={text.value.operations}
          keys={operations.map((_, at) => String(at))}
          names={operations.map(({ id }) => id)}
          onMove={(from, to) => set(movedEntry(operations, from, to))}
        >
          {(at, handle) => {
            const operation = operations[at]!;
            const definition = operationDefinition(operation.id);
            return (
              <div class="builder-operation">
                {handle}
                <code class="builder-operation-name">{operation.id}</code>
                {definition?.params.map((param, place) => (
                  <TextInput
                    key={param.name}
                    label={`${operation.id} ${text.value.params[param.name as keyof typeof text.value.params] ?? param.name}`}
                    hideLabel
                    placeholder={
                      text.value.params[param.name as keyof typeof text.value.params] ?? param.name
                    }
                    list={
                      param.kind === 'duration'
                        ? ['$__rate_interval', '$__interval', '1m', '5m', '1h', '1d']
                        : undefined
                    }
                    value={operation.params[place] ?? ''}
                    onChange={(value) =>
                      set(operations.with(at, { ...operation, params: operation.params.with(place, value) }))
                    }
                  />
                ))}
                {definition?.isAggregation && (
                  <>
                    <Select
                      label={text.value.grouping(operation.id)}
                      hideLabel
                      value={operation.grouping?.kind ?? 'by'}
                      choices={[
                        { value: 'by', label: 'by' },
                        { value: 'without', label: 'without' },
                      ]}
                      onChange={(kind) =>
                        set(
                          operations.with(at, {
                            ...operation,
                            grouping: { labels: [], ...operation.grouping, kind },
                          }),
                        )
                      }
                    />
                    <span onFocusCapture={labels.load}>
                      <MultiCombobox
                        label={text.value.groupLabels(operation.id)}
                        hideLabel
                        isFree
                        placeholder={text.value.label}
                        options={labels.options}
                        values={operation.grouping?.labels ?? []}
                        onChange={(names) =>
                          set(
                            operations.with(at, {
                              ...operation,
                              grouping: { kind: 'by', ...operation.grouping, labels: names },
                            }),
                          )
                        }
                      />
                    </span>
                  </>
                )}
                <IconButton
                  icon="close"
                  label={text.value.removeOperation(operation.id)}
                  onClick={() => set(operations.toSpliced(at, 1))}
                />
              </div>
            );
          }}
        </Sortable>
      )}
      <div class="builder-add">
        <Combobox
          label={text.value.addOperation}
          hideLabel
          value=""
          placeholder={text.value.addOperation}
          options={operationDefinitions.map(({ id, category }) => ({
            value: id,
            group: text.value.categories[category],
          }))}
          onChange={(id) => {
            const definition = operationDefinition(id);
            if (definition) onChange(withOperation(query, newOperation(definition)));
          }}
        />
        <Button
          icon="plus"
          onClick={() =>
            onChange({ ...query, binaries: [...query.binaries, { operator: '/', right: emptyQuery }] })
          }
        >
          {text.value.addBinary}
        </Button>
      </div>
    </>
  );
}

const binaryOperators = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'and',
  'or',
  'unless',
];

function Binary(props: {
  part: BinaryPart;
  lookup: Lookup;
  onChange(part: BinaryPart): void;
  onRemove(): void;
}) {
  const { part, lookup, onChange, onRemove } = props;
  return (
    <div class="builder-binary" role="group" aria-label={text.value.combined(part.operator)}>
      <div class="builder-line">
        <Select
          label={text.value.operator}
          hideLabel
          value={part.operator}
          choices={binaryOperators.map((sign) => ({ value: sign, label: sign }))}
          onChange={(operator) => onChange({ ...part, operator })}
        />
        <TextInput
          label={text.value.matching}
          hideLabel
          placeholder="on (instance) group_left ()"
          value={part.matching ?? ''}
          onChange={(matching) => onChange({ ...part, matching: matching.trim() || undefined })}
        />
        <IconButton icon="trash" label={text.value.removeBinary} onClick={onRemove} />
      </div>
      {typeof part.right === 'string' ? (
        <TextInput
          label={text.value.number}
          value={part.right}
          onChange={(right) => onChange({ ...part, right })}
        />
      ) : (
        <PromQLBuilder
          query={part.right}
          lookup={lookup}
          isInner
          onChange={(right) => onChange({ ...part, right })}
        />
      )}
    </div>
  );
}
