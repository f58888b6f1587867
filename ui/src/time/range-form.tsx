import { useSignal } from '@preact/signals';
import { Button, Segmented } from '../components/button';
import { TextField } from '../components/field';
import { ChoiceList } from '../components/popover';
import { text } from '../i18n/text';
import type { TimeControl } from './control';
import { quickRanges, type RangeFormProps } from './picker';
import { parseTime } from './range';
import { formatDateTime, type Zone, zone } from './zone';

/** What opens below the picker: a range to type, the zone, ranges to choose. */
export function RangeForm({ control, named, close }: RangeFormProps) {
  const inZone = control.zone.value;
  const range = control.range.peek();
  const window = control.window.peek();
  const shown = (end: string, seconds: number) =>
    end.includes('now') ? end : formatDateTime(seconds, inZone);
  const from = useSignal(shown(range.from, window.startSeconds));
  const to = useSignal(shown(range.to, window.endSeconds));
  const nowSeconds = Date.now() / 1000;
  const start = parseTime(from.value, 'start', nowSeconds, inZone);
  const end = parseTime(to.value, 'end', nowSeconds, inZone);
  const isReversed = start !== null && end !== null && start >= end;
  const apply = (event: Event) => {
    event.preventDefault();
    if (start === null || end === null || isReversed) return;
    const raw = (value: string, seconds: number) =>
      value.includes('now') ? value.trim() : String(seconds * 1000);
    control.setRange({ from: raw(from.value, start), to: raw(to.value, end) });
    close();
  };
  return (
    <div class="range-form">
      <form class="range-form-absolute" onSubmit={apply}>
        <h3>{text.value.time.absolute}</h3>
        <TextField
          label={text.value.time.from}
          value={from.value}
          error={start === null ? text.value.time.invalid : isReversed ? text.value.time.reversed : undefined}
          onInput={(value) => {
            from.value = value;
          }}
        />
        <TextField
          label={text.value.time.to}
          value={to.value}
          error={end === null ? text.value.time.invalid : undefined}
          onInput={(value) => {
            to.value = value;
          }}
        />
        <Button kind="primary" type="submit" disabled={start === null || end === null || isReversed}>
          {text.value.common.apply}
        </Button>
        <h3>{text.value.zone.name}</h3>
        <ZoneChoice control={control} />
      </form>
      <div class="range-form-quick">
        <h3>{text.value.time.quick}</h3>
        <ChoiceList
          label={text.value.time.quick}
          value={`${range.from}|${range.to}`}
          items={[
            ...named.map(({ from, to, display }) => ({ value: `${from}|${to}`, label: display })),
            ...quickRanges.map((quick) => ({ value: `${quick.from}|${quick.to}`, label: quick.label() })),
          ]}
          onChoose={(value) => {
            const [chosenFrom, chosenTo] = value.split('|') as [string, string];
            control.setRange({ from: chosenFrom, to: chosenTo });
            close();
          }}
        />
      </div>
    </div>
  );
}

/** The zone of the page's own where it has one, with that of the browser and UTC beside it. */
function ZoneChoice({ control }: { control: TimeControl }) {
  const inZone = control.zone.value;
  const setForAll = (next: Zone) => {
    zone.value = next;
  };
  const setZone = control.setZone ?? setForAll;
  const isNamed = inZone !== 'local' && inZone !== 'utc';
  return (
    <Segmented<string>
      label={text.value.zone.name}
      value={inZone}
      onChange={setZone}
      choices={[
        { value: 'local', label: text.value.zone.local },
        { value: 'utc', label: text.value.zone.utc },
        ...(isNamed ? [{ value: inZone, label: inZone }] : []),
      ]}
    />
  );
}
