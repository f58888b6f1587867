import './queries.css';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Badge } from '../../../../components/badge';
import { Button, IconButton } from '../../../../components/button';
import { EmptyState } from '../../../../components/notice';
import { dataSources, findDataSource } from '../../../../dashboard/datasources';
import type { DataSourceRef, Panel, Target } from '../../../../dashboard/model';
import { dataSourceOf } from '../../../../dashboard/queries';
import type { PanelData } from '../../../../dashboard/runner';
import type { DashboardSession } from '../../../../dashboard/session';
import { NumberInput, Switch, TextInput } from '../form/inputs';
import { Section } from '../form/section';
import { movedEntry, Sortable } from '../form/sortable';
import { allPanels } from '../grid/panels';
import {
  addTarget,
  dashboardUid,
  duplicateTarget,
  expressionRef,
  isExpression,
  isMixed,
  mixedUid,
  removeTarget,
  renameTarget,
  setTarget,
  withDataSource,
} from '../panel/targets';
import { QueryBody } from './query-body';
import { SourcePicker } from './source-picker';
import { text } from './text';

export type QueriesEditorProps = {
  session: DashboardSession;
  panel: Panel;
  data: PanelData | undefined;
  onChange(change: (panel: Panel) => Panel): void;
};

/** What a panel asks: its data source, its queries in their order, and how they are asked. */
export function QueriesEditor({ session, panel, data, onChange }: QueriesEditorProps) {
  const targets = panel.targets ?? [];
  const variables = session.dashboard.value.templating?.list ?? [];
  const others = useMemo(
    () =>
      allPanels(session.dashboard.value)
        .filter(({ id, type }) => id !== panel.id && type !== 'row')
        .map(({ id, title }) => ({ id, title: title || `#${id}` })),
    [session.dashboard.value],
  );
  const fallback: DataSourceRef | undefined = isMixed(panel)
    ? (targets.findLast((target) => !isExpression(target))?.datasource ?? undefined)
    : (panel.datasource ?? undefined);
  return (
    <div class="queries">
      <div class="queries-head">
        <SourcePicker
          label={text.value.source}
          value={panel.datasource}
          variables={variables}
          forPanel
          onChange={(ref) => onChange((current) => ensured(withDataSource(current, ref), ref))}
        />
      </div>
      <QueryOptions panel={panel} onChange={onChange} />
      {targets.length === 0 && <EmptyState icon="explore" title={text.value.noQueries} />}
      <Sortable
        label={text.value.queries}
        keys={targets.map(({ refId }) => refId)}
        names={targets.map(({ refId }) => text.value.queryOf(refId))}
        onMove={(from, to) =>
          onChange((current) => ({ ...current, targets: movedEntry(current.targets ?? [], from, to) }))
        }
      >
        {(at, handle) => (
          <QueryCard
            session={session}
            panel={panel}
            target={targets[at]!}
            data={data}
            handle={handle}
            panels={others}
            onTarget={(target) => onChange((current) => setTarget(current, at, target))}
            onRename={(refId) => onChange((current) => renameTarget(current, at, refId))}
            onDuplicate={() => onChange((current) => duplicateTarget(current, at))}
            onRemove={() => onChange((current) => removeTarget(current, at))}
          />
        )}
      </Sortable>
      {panel.datasource?.uid !== dashboardUid && (
        <div class="queries-add">
          <Button icon="plus" onClick={() => onChange((current) => addTarget(current, fallback))}>
            {text.value.addQuery}
          </Button>
          <Button icon="plus" onClick={() => onChange((current) => addTarget(current, expressionRef))}>
            {text.value.addExpression}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A panel that shows another's answers has one query, which names that panel. */
function ensured(panel: Panel, ref: DataSourceRef): Panel {
  if (ref.uid !== dashboardUid || (panel.targets ?? []).length > 0) return panel;
  return { ...panel, targets: [{ refId: 'A', datasource: ref }] };
}

function QueryCard(props: {
  session: DashboardSession;
  panel: Panel;
  target: Target;
  data: PanelData | undefined;
  handle: preact.ComponentChildren;
  panels: readonly { id: number; title: string }[];
  onTarget(target: Target): void;
  onRename(refId: string): void;
  onDuplicate(): void;
  onRemove(): void;
}) {
  const { session, panel, target, data, handle, panels, onTarget } = props;
  const { refId } = target;
  const isOpen = useSignal(true);
  const refIds = (panel.targets ?? []).map((other) => other.refId).filter((other) => other !== refId);
  const datasource = resolvedSource(session, panel, target);
  const error = data?.errors.find((one) => one.refId === refId);
  const cost = data?.costs.get(refId);
  return (
    <section
      class={target.hide ? 'target-card is-hidden' : 'target-card'}
      aria-label={text.value.queryOf(refId)}
    >
      <header class="target-card-head">
        {handle}
        <IconButton
          icon={isOpen.value ? 'chevronDown' : 'chevronRight'}
          label={text.value.queryOf(refId)}
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.peek();
          }}
        />
        <span class="target-card-name">
          <TextInput label={text.value.nameOf(refId)} hideLabel value={refId} onChange={props.onRename} />
        </span>
        {panel.datasource?.uid === mixedUid && !isExpression(target) && (
          <SourcePicker
            label={text.value.source}
            hideLabel
            value={target.datasource}
            variables={session.dashboard.value.templating?.list ?? []}
            onChange={(ref) => {
              const [changed] = withDataSource(
                { ...panel, datasource: target.datasource, targets: [target] },
                ref,
              ).targets!;
              onTarget(changed!);
            }}
          />
        )}
        <span class="target-card-state">
          {error ? (
            <Badge level="bad">{error.kind}</Badge>
          ) : (
            cost && (
              <span class="target-card-cost">{text.value.cost(String(Math.round(cost.milliseconds)))}</span>
            )
          )}
        </span>
        <IconButton icon="copy" label={text.value.duplicate(refId)} onClick={props.onDuplicate} />
        <IconButton
          icon={target.hide ? 'eyeOff' : 'eye'}
          label={target.hide ? text.value.show(refId) : text.value.hide(refId)}
          aria-pressed={target.hide === true}
          onClick={() => {
            const { hide, ...rest } = target;
            onTarget(hide ? rest : { ...rest, hide: true });
          }}
        />
        <IconButton icon="trash" label={text.value.removeQuery(refId)} onClick={props.onRemove} />
      </header>
      {isOpen.value && (
        <div class="target-card-body">
          <QueryBody
            target={target}
            datasource={datasource}
            refIds={refIds}
            panels={panels}
            window={() => session.window.peek()}
            onChange={onTarget}
          />
          {error && (
            <p class="target-card-error" role="alert">
              {error.message}
            </p>
          )}
        </div>
      )}
    </section>
  );
}

/** The source that is really asked: variables put in, the default found. */
export function resolvedSource(
  session: DashboardSession,
  panel: Panel,
  target: Target,
): DataSourceRef | undefined {
  const ref = dataSourceOf(panel, target);
  const uid = ref?.uid && session.interpolate(ref.uid, undefined, undefined, 'raw');
  if (uid?.startsWith('-- ') || uid === '__expr__') return { ...ref, uid };
  const found = findDataSource(dataSources.value ?? [], { type: ref?.type, uid });
  return found ? { type: found.type, uid: found.uid } : (ref ?? undefined);
}

function QueryOptions({ panel, onChange }: Pick<QueriesEditorProps, 'panel' | 'onChange'>) {
  const set = (key: keyof Panel, value: unknown) =>
    onChange((current) => {
      const { [key]: _, ...rest } = current;
      return (value === undefined || value === '' ? rest : { ...rest, [key]: value }) as Panel;
    });
  const note = [
    panel.maxDataPoints && `${text.value.maxDataPoints} = ${panel.maxDataPoints}`,
    panel.interval && `${text.value.minInterval} = ${panel.interval}`,
    panel.timeFrom && `${text.value.relativeTime} = ${panel.timeFrom}`,
    panel.timeShift && `${text.value.timeShift} = ${panel.timeShift}`,
  ].filter(Boolean);
  return (
    <Section id="query-options" title={text.value.options} note={note.join(', ')} startsClosed>
      <div class="query-options">
        <NumberInput
          label={text.value.maxDataPoints}
          help={text.value.maxDataPointsHelp}
          placeholder={text.value.auto}
          integer
          min={1}
          max={50_000}
          value={panel.maxDataPoints}
          onChange={(value) => set('maxDataPoints', value)}
        />
        <TextInput
          label={text.value.minInterval}
          help={text.value.minIntervalHelp}
          placeholder={text.value.auto}
          value={panel.interval ?? ''}
          onChange={(value) => set('interval', value)}
        />
        <TextInput
          label={text.value.relativeTime}
          help={text.value.relativeTimeHelp}
          placeholder="1h"
          value={panel.timeFrom ?? ''}
          onChange={(value) => set('timeFrom', value)}
        />
        <TextInput
          label={text.value.timeShift}
          help={text.value.timeShiftHelp}
          placeholder="1d"
          value={panel.timeShift ?? ''}
          onChange={(value) => set('timeShift', value)}
        />
        {(panel.timeFrom || panel.timeShift) && (
          <Switch
            label={text.value.hideTimeInfo}
            value={panel.hideTimeOverride === true}
            onChange={(value) => set('hideTimeOverride', value || undefined)}
          />
        )}
      </div>
    </Section>
  );
}
