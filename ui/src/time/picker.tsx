import './picker.css';
import { useSignal } from '@preact/signals';
import { Button, IconButton, Segmented } from '../components/button';
import { TextField } from '../components/field';
import { Icon } from '../components/icon';
import { ChoiceList, Popover } from '../components/popover';
import { text } from '../i18n/text';
import { useKeys } from '../shell/keys';
import type { TimeControl } from './control';
import { formatDuration, parseDuration } from './duration';
import { parseTime, type RawRange } from './range';
import { formatDateTime, type Zone, zone } from './zone';

type QuickRange = RawRange & { label(): string };

/** A range that a dashboard offers, in Grafana's words. */
export type NamedRange = RawRange & { display: string };

const lastMinutes = (n: number): QuickRange => ({
  from: `now-${n}m`,
  to: 'now',
  label: () => text.value.time.lastMinutes(n),
});
const lastHours = (n: number): QuickRange => ({
  from: `now-${n}h`,
  to: 'now',
  label: () => text.value.time.lastHours(n),
});
const lastDays = (n: number): QuickRange => ({
  from: `now-${n}d`,
  to: 'now',
  label: () => text.value.time.lastDays(n),
});

const quickRanges: readonly QuickRange[] = [
  lastMinutes(5),
  lastMinutes(15),
  lastMinutes(30),
  lastHours(1),
  lastHours(3),
  lastHours(6),
  lastHours(12),
  lastHours(24),
  lastDays(2),
  lastDays(7),
  lastDays(30),
  { from: 'now/d', to: 'now/d', label: () => text.value.time.today },
  { from: 'now-1d/d', to: 'now-1d/d', label: () => text.value.time.yesterday },
  { from: 'now/w', to: 'now/w', label: () => text.value.time.thisWeek },
  { from: 'now/M', to: 'now/M', label: () => text.value.time.thisMonth },
];

const refreshIntervals = [0, 1, 5, 10, 30, 60, 300];

/** What a range is called on the picker's button. */
export function rangeLabel(
  range: RawRange,
  named: readonly NamedRange[] = [],
  inZone: Zone = zone.value,
): string {
  const own = named.find(({ from, to }) => from === range.from && to === range.to);
  if (own) return own.display;
  const quick = quickRanges.find(({ from, to }) => from === range.from && to === range.to);
  if (quick) return quick.label();
  const readable = (end: string, edge: 'start' | 'end') => {
    if (end.includes('now')) return end;
    const seconds = parseTime(end, edge, Date.now() / 1000, inZone);
    return seconds === null ? end : formatDateTime(seconds, inZone);
  };
  return `${readable(range.from, 'start')} – ${readable(range.to, 'end')}`;
}

/** Range, zoom, refresh: the right end of a page's header. Takes the keys `z`, `[`, `]` and `r` while shown. */
export type TimePickerProps = {
  control: TimeControl;
  /** Before the usual ones. */
  quickRanges?: readonly NamedRange[];
  /** `5s`, `1m`, … in place of the usual ones. */
  refreshIntervals?: readonly string[];
};

export function TimePicker({ control, quickRanges: named, refreshIntervals: intervals }: TimePickerProps) {
  const isOpen = useSignal(false);
  const range = control.range.value;
  useKeys({
    z: control.zoomOut,
    '[': () => control.shift(-1),
    ']': () => control.shift(1),
    r: control.refresh,
  });
  return (
    <div class="time-picker">
      <span class="time-picker-shift">
        <IconButton icon="chevronLeft" label={text.value.time.back} onClick={() => control.shift(-1)} />
      </span>
      <Popover
        label={text.value.time.pick}
        align="end"
        isOpen={isOpen}
        trigger={({ isOpen: opened, toggle }) => (
          <Button aria-expanded={opened} aria-haspopup="dialog" onClick={toggle} icon="clock">
            <span class="time-picker-range">{rangeLabel(range, named, control.zone.value)}</span>
            <Icon name="chevronDown" size={12} />
          </Button>
        )}
      >
        {(close) => <RangeForm control={control} named={named ?? []} close={close} />}
      </Popover>
      <span class="time-picker-shift">
        <IconButton icon="chevronRight" label={text.value.time.forward} onClick={() => control.shift(1)} />
      </span>
      <IconButton icon="zoomOut" label={text.value.time.zoomOut} onClick={control.zoomOut} />
      <RefreshPicker control={control} intervals={intervals} />
    </div>
  );
}

function RangeForm({
  control,
  named,
  close,
}: {
  control: TimeControl;
  named: readonly NamedRange[];
  close(): void;
}) {
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

function RefreshPicker({ control, intervals }: { control: TimeControl; intervals?: readonly string[] }) {
  const offered: readonly number[] = intervals?.length
    ? [0, ...intervals.map((one) => parseDuration(one) ?? 0).filter((one) => one > 0)]
    : refreshIntervals;
  const seconds = control.refreshSeconds.value;
  return (
    <div class="refresh-picker">
      <IconButton
        icon="refresh"
        kind="default"
        label={text.value.time.refreshNow}
        onClick={control.refresh}
      />
      <Popover
        label={text.value.time.refreshEvery}
        align="end"
        trigger={({ isOpen, toggle }) => (
          <Button
            aria-expanded={isOpen}
            aria-haspopup="dialog"
            onClick={toggle}
            title={text.value.time.refreshEvery}
          >
            <span class="refresh-picker-interval">
              {seconds > 0 ? formatDuration(seconds) : text.value.time.off}
            </span>
            <Icon name="chevronDown" size={12} />
          </Button>
        )}
      >
        {(close) => (
          <ChoiceList
            label={text.value.time.refreshEvery}
            value={String(seconds)}
            items={offered.map((interval) => ({
              value: String(interval),
              label: interval === 0 ? text.value.time.off : text.value.time.every(formatDuration(interval)),
            }))}
            onChoose={(value) => {
              control.setRefresh(Number(value));
              close();
            }}
          />
        )}
      </Popover>
    </div>
  );
}
