import './picker.css';
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../components/button';
import { Icon } from '../components/icon';
import { lazy } from '../components/lazy';
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

/** Offered before any other. */
export const quickRanges: readonly QuickRange[] = [
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

const RangeForm = lazy<RangeFormProps>(
  () => import('./range-form').then((module) => module.RangeForm),
  <div class="range-form is-waiting" aria-busy="true" />,
);

/** Range, zoom, refresh: the right end of a page's header. Takes the keys `z`, `[`, `]` and `r` while shown. */
export type RangeFormProps = { control: TimeControl; named: readonly NamedRange[]; close(): void };

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
