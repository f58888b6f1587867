import './mappings.css';
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../../../components/button';
import { Select } from '../../../../components/field';
import type { ValueMapping } from '../../../../dashboard/model';
import { ColorPicker } from '../form/color-picker';
import { NumberInput, TextInput } from '../form/inputs';
import { movedEntry, Sortable } from '../form/sortable';
import {
  type MappingRow,
  mappingsOf,
  newRow,
  rowsOf,
  type SpecialMatch,
  specialMatches,
} from './mapping-rows';
import { text } from './text';

/** What is shown in place of a value: text, a colour. */
export function MappingsEditor({
  value,
  onChange,
}: {
  value?: ValueMapping[];
  onChange(value: ValueMapping[]): void;
}) {
  // Rows that are not complete yet live here only.
  const rows = useSignal<MappingRow[]>(rowsOf(value));
  const given = useSignal(value);
  if (given.peek() !== value) {
    given.value = value;
    if (JSON.stringify(mappingsOf(rows.peek())) !== JSON.stringify(value ?? [])) rows.value = rowsOf(value);
  }
  const change = (next: MappingRow[]) => {
    rows.value = next;
    const mappings = mappingsOf(next);
    given.value = mappings;
    onChange(mappings);
  };
  const set = (at: number, row: MappingRow) =>
    change(rows.peek().map((other, place) => (place === at ? row : other)));
  return (
    <div class="mappings">
      <Sortable
        label={text.value.mappings}
        keys={rows.value.map((_, at) => String(at))}
        names={rows.value.map((row) => row.result.text || text.value.mapping)}
        onMove={(from, to) => change(movedEntry(rows.peek(), from, to))}
      >
        {(at, handle) => {
          const row = rows.value[at]!;
          return (
            <div class="mapping">
              {handle}
              <div class="mapping-match">
                <Condition row={row} onChange={(next) => set(at, next)} />
              </div>
              <span aria-hidden="true" class="mapping-arrow">
                →
              </span>
              <TextInput
                label={text.value.mappedText}
                hideLabel
                placeholder={text.value.mappedText}
                value={row.result.text ?? ''}
                onChange={(shown) => set(at, { ...row, result: { ...row.result, text: shown || undefined } })}
              />
              <span class="mapping-color">
                <ColorPicker
                  label={text.value.mappedColor}
                  value={row.result.color ?? 'transparent'}
                  onChange={(color) =>
                    set(at, {
                      ...row,
                      result: { ...row.result, color: color === 'transparent' ? undefined : color },
                    })
                  }
                />
              </span>
              <IconButton
                icon="trash"
                label={text.value.removeNamed(row.result.text || text.value.mapping)}
                onClick={() => change(rows.peek().filter((_, place) => place !== at))}
              />
            </div>
          );
        }}
      </Sortable>
      <div class="mappings-add">
        {(['value', 'range', 'regex', 'special'] as const).map((type) => (
          <Button key={type} icon="plus" onClick={() => change([...rows.peek(), newRow(type)])}>
            {text.value.mappingKinds[type]}
          </Button>
        ))}
      </div>
    </div>
  );
}

function Condition({ row, onChange }: { row: MappingRow; onChange(row: MappingRow): void }) {
  switch (row.type) {
    case 'value':
      return (
        <TextInput
          label={text.value.mappingKinds.value}
          hideLabel
          placeholder={text.value.mappingKinds.value}
          value={row.match}
          onChange={(match) => onChange({ ...row, match })}
        />
      );
    case 'range':
      return (
        <>
          <NumberInput
            label={text.value.rangeFrom}
            hideLabel
            placeholder="-∞"
            value={row.from}
            onChange={(from) => onChange({ ...row, from: from ?? null })}
          />
          <NumberInput
            label={text.value.rangeTo}
            hideLabel
            placeholder="∞"
            value={row.to}
            onChange={(to) => onChange({ ...row, to: to ?? null })}
          />
        </>
      );
    case 'regex':
      return (
        <TextInput
          label={text.value.mappingKinds.regex}
          hideLabel
          placeholder="/^a.*/"
          value={row.pattern}
          onChange={(pattern) => onChange({ ...row, pattern })}
        />
      );
    case 'special':
      return (
        <Select
          label={text.value.mappingKinds.special}
          hideLabel
          value={row.match}
          choices={specialMatches.map((value: SpecialMatch) => ({
            value,
            label: text.value.specials[value],
          }))}
          onChange={(match) => onChange({ ...row, match })}
        />
      );
  }
}
