import './transformations.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { IconButton } from '../../../../components/button';
import { EmptyState } from '../../../../components/notice';
import type { Transformation } from '../../../../dashboard/model';
import type { Frame } from '../../../../frame/frame';
import { Combobox } from '../form/combobox';
import { inLanguage } from '../form/in-language';
import { OptionForm } from '../form/option-form';
import { movedEntry, Sortable } from '../form/sortable';
import { TransformationForm } from './forms';
import { FrameTable, fieldName } from './frame-table';
import { transformationKind, transformationKinds } from './kinds';
import { text } from './text';

export type TransformationsProps = {
  value: readonly Transformation[];
  /** What the queries answer. */
  frames: readonly Frame[];
  refIds: readonly string[];
  timeZone: string;
  interpolate(text: string): string;
  onChange(value: Transformation[], label: string): void;
};

/** The transformations of a panel in their order, each with its form and what it makes of the data. */
export function TransformationsEditor(props: TransformationsProps) {
  const { value, refIds, timeZone, onChange } = props;
  const between = useSteps(props);
  const shownAt = useSignal(-1);
  const set = (at: number, next: Transformation) =>
    onChange(value.with(at, next) as Transformation[], nameOf(next));
  return (
    <div class="transformations">
      {value.length === 0 && (
        <EmptyState icon="filter" title={text.value.none}>
          {text.value.noneHint}
        </EmptyState>
      )}
      <Sortable
        label={text.value.title}
        keys={value.map((_, at) => String(at))}
        names={value.map(nameOf)}
        onMove={(from, to) => onChange(movedEntry(value, from, to), nameOf(value[from]!))}
      >
        {(at, handle) => {
          const own = value[at]!;
          const kind = transformationKind(own.id);
          const name = nameOf(own);
          const fields = uniqueFields(between[at] ?? []);
          return (
            <section class={own.disabled ? 'transform-card is-off' : 'transform-card'} aria-label={name}>
              <header class="transform-card-head">
                {handle}
                <h3 class="transform-card-title">{name}</h3>
                <IconButton
                  icon="info"
                  label={text.value.showData(name)}
                  aria-pressed={shownAt.value === at}
                  onClick={() => {
                    shownAt.value = shownAt.peek() === at ? -1 : at;
                  }}
                />
                <IconButton
                  icon={own.disabled ? 'eyeOff' : 'eye'}
                  label={own.disabled ? text.value.turnOn(name) : text.value.turnOff(name)}
                  aria-pressed={own.disabled === true}
                  onClick={() => {
                    const { disabled, ...rest } = own;
                    set(at, disabled ? rest : { ...rest, disabled: true });
                  }}
                />
                <IconButton
                  icon="trash"
                  label={text.value.removeNamed(name)}
                  onClick={() => onChange(value.toSpliced(at, 1), name)}
                />
              </header>
              <div class="transform-card-body">
                <p class="transform-card-help">{kind ? inLanguage(kind.help) : text.value.unknown(own.id)}</p>
                {kind?.hasForm && (
                  <TransformationForm
                    id={kind.id}
                    options={own.options ?? {}}
                    fields={fields}
                    refIds={refIds}
                    onChange={(options) => set(at, { ...own, options })}
                  />
                )}
                {kind && (
                  <OptionForm
                    descriptors={kind.options}
                    values={own.options}
                    fields={fields}
                    onChange={(options) => set(at, { ...own, options })}
                  />
                )}
                {shownAt.value === at && <FrameTable frames={between[at + 1] ?? []} timeZone={timeZone} />}
              </div>
            </section>
          );
        }}
      </Sortable>
      <Combobox
        label={text.value.add}
        hideLabel
        value=""
        placeholder={text.value.add}
        options={transformationKinds.map(({ id, name, help }) => ({
          value: id,
          label: inLanguage(name),
          note: inLanguage(help),
        }))}
        onChange={(id) => {
          const kind = transformationKind(id);
          if (kind) onChange([...value, { id, options: structuredClone(kind.start) }], inLanguage(kind.name));
        }}
      />
    </div>
  );
}

function nameOf({ id }: Transformation): string {
  const kind = transformationKind(id);
  return kind ? inLanguage(kind.name) : id;
}

/** The frames before each transformation, and after the last. */
function useSteps({ value, frames, timeZone, interpolate }: TransformationsProps): (readonly Frame[])[] {
  const steps = useSignal<(readonly Frame[])[]>([frames]);
  useEffect(() => {
    let isGone = false;
    import('../../../../frame/transform').then(({ transformFrames }) => {
      if (isGone) return;
      const list: (readonly Frame[])[] = [frames];
      for (const transformation of value) {
        const before = list.at(-1)!;
        try {
          list.push(transformFrames(before, [transformation], { timeZone, interpolate }));
        } catch {
          // Options that are half written; the panel itself tells what is wrong.
          list.push(before);
        }
      }
      steps.value = list;
    });
    return () => {
      isGone = true;
    };
  }, [value, frames, timeZone]);
  return steps.value;
}

/** Fields by the name under which transformations find them. */
export function uniqueFields(frames: readonly Frame[]): { name: string; type: string }[] {
  const found = new Map<string, string>();
  for (const { fields } of frames) {
    for (const field of fields) {
      const name = fieldName(field);
      if (!found.has(name)) found.set(name, field.type);
    }
  }
  return [...found].map(([name, type]) => ({ name, type }));
}
