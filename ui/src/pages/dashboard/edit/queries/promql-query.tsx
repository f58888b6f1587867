import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Segmented } from '../../../../components/button';
import { Notice } from '../../../../components/notice';
import { PromQLEditor } from '../../../../editor/promql-editor';
import { Combobox } from '../form/combobox';
import { FormRow, Switch, TextInput } from '../form/inputs';
import { PromQLBuilder } from '../promql/builder';
import { parseQuery } from '../promql/parse';
import { printQuery } from '../promql/print';
import { createLookup } from './lookup';
import type { QueryFormProps } from './query-form';
import { text } from './text';

/** PromQL, as code or put together; both show the same query. */
export function PromQLQuery({ target, datasource, window, onChange }: QueryFormProps) {
  const expr = target.expr ?? '';
  const mode = useSignal<'builder' | 'code'>(target.editorMode === 'builder' ? 'builder' : 'code');
  const parsed = useMemo(() => (mode.value === 'builder' ? parseQuery(expr) : null), [expr, mode.value]);
  const lookup = useMemo(() => createLookup(datasource, window), [datasource?.uid, datasource?.type]);
  const kind = target.instant ? (target.range ? 'both' : 'instant') : 'range';
  return (
    <>
      <div class="query-mode">
        <Segmented
          label={text.value.editorMode}
          value={mode.value}
          choices={[
            { value: 'builder', label: text.value.builder },
            { value: 'code', label: text.value.code },
          ]}
          onChange={(next) => {
            mode.value = next;
            if (target.editorMode !== next) onChange({ ...target, editorMode: next });
          }}
        />
      </div>
      {mode.value === 'code' && (
        <PromQLEditor
          value={expr}
          label={text.value.queryOf(target.refId)}
          placeholder={text.value.exprPlaceholder}
          window={() => {
            const { from, to } = window();
            return { startSeconds: from / 1000, endSeconds: to / 1000 };
          }}
          onChange={(next) => onChange({ ...target, expr: next })}
          onRun={() => {}}
        />
      )}
      {parsed?.ok && (
        <PromQLBuilder
          query={parsed.query}
          lookup={lookup}
          onChange={(query) => onChange({ ...target, expr: printQuery(query) })}
        />
      )}
      {parsed && !parsed.ok && (
        <Notice level="info" title={text.value.notInBuilder}>
          <p>{parsed.why.reason === 'syntax' ? text.value.notSyntax : text.value.notShown}</p>
          <code>{parsed.why.part || expr}</code>
        </Notice>
      )}
      <div class="query-options">
        <LegendInput
          value={target.legendFormat ?? ''}
          onChange={(legendFormat) => onChange({ ...target, legendFormat })}
        />
        <TextInput
          label={text.value.minStep}
          help={text.value.minStepHelp}
          placeholder={text.value.auto}
          value={target.interval ?? ''}
          onChange={(interval) => onChange({ ...target, interval })}
        />
        <FormRow label={text.value.format}>
          <Segmented
            label={text.value.format}
            value={target.format === 'table' || target.format === 'heatmap' ? target.format : 'time_series'}
            choices={[
              { value: 'time_series', label: text.value.formats.time_series },
              { value: 'table', label: text.value.formats.table },
              { value: 'heatmap', label: text.value.formats.heatmap },
            ]}
            onChange={(format) => onChange({ ...target, format })}
          />
        </FormRow>
        <FormRow label={text.value.type}>
          <Segmented
            label={text.value.type}
            value={kind}
            choices={(['range', 'instant', 'both'] as const).map((value) => ({
              value,
              label: text.value.queryTypes[value],
            }))}
            onChange={(next) => onChange({ ...target, range: next !== 'instant', instant: next !== 'range' })}
          />
        </FormRow>
        <Switch
          label={text.value.exemplars}
          value={target.exemplar === true}
          onChange={(exemplar) => onChange({ ...target, exemplar })}
        />
      </div>
    </>
  );
}

export function LegendInput({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <FormRow label={text.value.legend} help={text.value.legendHelp}>
      <Combobox
        label={text.value.legend}
        hideLabel
        isFree
        value={value}
        placeholder={text.value.auto}
        options={[
          { value: '__auto', label: text.value.auto, note: text.value.legendAuto },
          { value: '', label: text.value.verbose, note: text.value.legendVerbose },
        ]}
        onChange={onChange}
      />
    </FormRow>
  );
}
