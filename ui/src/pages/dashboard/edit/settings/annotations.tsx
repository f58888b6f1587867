import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../../../components/button';
import type { AnnotationQuery } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { ColorPicker } from '../form/color-picker';
import { MultiCombobox } from '../form/combobox';
import { FormRow, Switch, TextInput } from '../form/inputs';
import { movedEntry, Sortable } from '../form/sortable';
import { SourcePicker } from '../queries/source-picker';
import { text } from './text';

/** What is drawn over graphs: what people wrote, and what queries find. */
export function AnnotationSettings({ session }: { session: DashboardSession }) {
  const list = session.dashboard.value.annotations?.list ?? [];
  const openAt = useSignal(-1);
  const change = (label: string, next: AnnotationQuery[]) =>
    session.change(label, (dashboard) => ({
      ...dashboard,
      annotations: { ...dashboard.annotations, list: next },
    }));
  return (
    <div class="settings-list">
      <Sortable
        label={text.value.views.annotations}
        keys={list.map((_, at) => String(at))}
        names={list.map(({ name }) => name)}
        onMove={(from, to) => {
          openAt.value = -1;
          change(text.value.annotationsChanged, movedEntry(list, from, to));
        }}
      >
        {(at, handle) => {
          const annotation = list[at]!;
          const isOpen = openAt.value === at;
          const set = (part: Partial<AnnotationQuery>) =>
            change(
              text.value.annotationChanged(annotation.name),
              list.with(at, { ...annotation, ...part } as AnnotationQuery),
            );
          return (
            <section class="settings-card" aria-label={annotation.name}>
              <header class="settings-card-head">
                {handle}
                <ColorPicker
                  label={annotation.name}
                  value={annotation.iconColor}
                  onChange={(iconColor) => set({ iconColor })}
                />
                <button
                  type="button"
                  class="settings-card-title"
                  aria-expanded={isOpen}
                  onClick={() => {
                    openAt.value = isOpen ? -1 : at;
                  }}
                >
                  {annotation.name}
                  <span class="settings-card-note">
                    {annotation.builtIn ? text.value.builtIn : annotation.expr}
                  </span>
                </button>
                <IconButton
                  icon={annotation.enable ? 'eye' : 'eyeOff'}
                  label={text.value.enable(annotation.name)}
                  aria-pressed={annotation.enable}
                  onClick={() => set({ enable: !annotation.enable })}
                />
                {!annotation.builtIn && (
                  <IconButton
                    icon="trash"
                    label={text.value.removeAnnotation(annotation.name)}
                    onClick={() => {
                      openAt.value = -1;
                      change(text.value.annotationsChanged, list.toSpliced(at, 1));
                    }}
                  />
                )}
              </header>
              {isOpen && <AnnotationForm session={session} annotation={annotation} onChange={set} />}
            </section>
          );
        }}
      </Sortable>
      <Button
        icon="plus"
        onClick={() => {
          openAt.value = list.length;
          change(text.value.annotationsChanged, [
            ...list,
            { name: text.value.newAnnotation, enable: true, hide: false, iconColor: 'red', expr: '' },
          ]);
        }}
      >
        {text.value.addAnnotation}
      </Button>
    </div>
  );
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

function AnnotationForm({
  session,
  annotation,
  onChange,
}: {
  session: DashboardSession;
  annotation: AnnotationQuery;
  onChange(part: Partial<AnnotationQuery>): void;
}) {
  const words = text.value;
  const { target } = annotation;
  // Newer dashboards keep the query in `target`, older ones beside the name.
  const fromTarget = typeof target?.expr === 'string';
  const expr = fromTarget ? textOf(target?.expr) : textOf(annotation.expr);
  const isByTags = annotation.datasource?.uid === '-- Grafana --' || annotation.builtIn === 1;
  const tags = Array.isArray(target?.tags) ? target.tags.map(String) : [];
  return (
    <div class="settings-card-body">
      <TextInput label={words.name} value={annotation.name} onChange={(name) => onChange({ name })} />
      <Switch
        label={words.hideToggle}
        value={annotation.hide === true}
        onChange={(hide) => onChange({ hide })}
      />
      {!annotation.builtIn && (
        <SourcePicker
          label={words.dataSource}
          value={annotation.datasource}
          variables={session.dashboard.value.templating?.list ?? []}
          onChange={(datasource) => onChange({ datasource })}
        />
      )}
      {isByTags ? (
        <FormRow label={words.filterTags} help={words.filterTagsHelp}>
          <MultiCombobox
            label={words.filterTags}
            hideLabel
            isFree
            values={tags}
            options={[]}
            onChange={(chosen) =>
              onChange({
                target: {
                  ...target,
                  tags: chosen,
                  type: chosen.length > 0 ? 'tags' : 'dashboard',
                  matchAny: true,
                  limit: 100,
                },
              })
            }
          />
        </FormRow>
      ) : (
        <>
          <TextInput
            label={words.query}
            multiline
            rows={2}
            placeholder='changes(process_start_time_seconds{job="app"}[1m]) > 0'
            value={expr}
            onChange={(written) =>
              onChange(fromTarget ? { target: { ...target, expr: written } } : { expr: written })
            }
          />
          <div class="settings-line">
            <TextInput
              label={words.step}
              placeholder="60s"
              value={textOf(annotation.step)}
              onChange={(step) => onChange({ step })}
            />
            <TextInput
              label={words.titleFormat}
              placeholder="{{instance}}"
              value={textOf(annotation.titleFormat)}
              onChange={(titleFormat) => onChange({ titleFormat })}
            />
            <TextInput
              label={words.textFormat}
              placeholder="{{version}}"
              value={textOf(annotation.textFormat)}
              onChange={(textFormat) => onChange({ textFormat })}
            />
            <TextInput
              label={words.tagKeys}
              placeholder="job, instance"
              value={textOf(annotation.tagKeys)}
              onChange={(tagKeys) => onChange({ tagKeys })}
            />
          </div>
          <Switch
            label={words.valueForTime}
            value={annotation.useValueForTime === true}
            onChange={(useValueForTime) => onChange({ useValueForTime })}
          />
        </>
      )}
    </div>
  );
}
