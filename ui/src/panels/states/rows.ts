import { typicalStep } from '../../chart/arrange';
import { isContinuousMode } from '../../frame/colors';
import { displayOf, displayText } from '../../frame/display';
import type { Field, Frame, NumberField } from '../../frame/frame';
import { displayName } from '../../frame/names';
import type { Theme } from '../../shell/theme';

/** For how long a field was in a state. */
export type Segment = {
  /** Milliseconds. */
  from: number;
  to: number;
  text: string;
  color: string;
  /** Where it begins in the field. */
  index: number;
};

/** One field over time. */
export type StateRow = {
  label: string;
  field: Field;
  frame: Frame;
  segments: readonly Segment[];
  style: StateStyle;
};

export type StateStyle = { fillOpacity: number; lineWidth: number };

export type RowOptions = {
  /** Equal states that follow each other are one. */
  merges: boolean;
  /** Every value stands for its own moment, not until the next one. */
  isPeriodic: boolean;
  window: { from: number; to: number };
  timeZone: string;
  theme: Theme;
};

type Custom = {
  fillOpacity?: number;
  lineWidth?: number;
  spanNulls?: boolean | number;
  insertNulls?: boolean | number;
  hideFrom?: { viz?: boolean };
};

export function stateRows(frames: readonly Frame[], options: RowOptions): StateRow[] {
  const rows: StateRow[] = [];
  for (const frame of frames) {
    const time = frame.fields.find(({ type }) => type === 'time') as NumberField | undefined;
    if (!time || frame.length === 0) continue;
    for (const field of frame.fields) {
      if (field.type === 'time') continue;
      const { fillOpacity = 70, lineWidth = 0, hideFrom } = (field.config.custom ?? {}) as Custom;
      if (hideFrom?.viz) continue;
      const segments = segmentsOf(field, time.values, frame, options);
      rows.push({
        label: displayName(field),
        field,
        frame,
        segments,
        style: { fillOpacity: fillOpacity / 100, lineWidth },
      });
    }
  }
  return rows;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
}

function segmentsOf(field: Field, times: Float64Array, frame: Frame, options: RowOptions): Segment[] {
  const { window, merges, isPeriodic } = options;
  const { spanNulls, insertNulls } = (field.config.custom ?? {}) as Custom;
  const display = displayOf(field, options);
  const step = frame.meta?.stepMilliseconds || typicalStep(times) || window.to - window.from;
  // A source leaves out the points that it does not have.
  const reach =
    typeof insertNulls === 'number'
      ? insertNulls
      : frame.meta?.stepMilliseconds
        ? Math.max(step, typicalStep(times)) * 1.5
        : Infinity;
  const crosses = spanNulls === true ? Infinity : spanNulls || 0;
  const bands = merges && !isPeriodic && mergesBands(field) ? bandsOf(field) : null;
  const segments: Segment[] = [];
  let open: (Segment & { key: string }) | null = null;
  let lastSeen = Number.NaN;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    const value = field.values[i];
    const isGone = open !== null && time - lastSeen > reach && crosses !== Infinity;
    if (open && isGone) {
      open.to = lastSeen + step;
      open = null;
    }
    if (isMissing(value) && !field.config.mappings?.length) {
      if (open && time - lastSeen >= crosses) {
        open.to = isPeriodic ? open.to : Math.min(time, lastSeen + Math.max(step, time - lastSeen));
        open = null;
      }
      continue;
    }
    const shown = display(value);
    const band = bands?.findLast(({ from }) => from === null || compared(field, shown) >= from);
    const text = band?.text ?? displayText(shown);
    if (text === '' && isMissing(value)) continue;
    const key = `${text}\n${shown.color}`;
    lastSeen = time;
    if (isPeriodic) {
      segments.push({ from: time, to: time + step, text, color: shown.color, index: i });
      continue;
    }
    if (open && merges && open.key === key) continue;
    if (open) open.to = time;
    open = { from: time, to: Math.max(window.to, time), text, color: shown.color, index: i, key };
    segments.push(open);
  }
  // The last state is known until a step after it was seen.
  if (open && frame.meta?.stepMilliseconds && reach !== Infinity)
    open.to = Math.min(open.to, lastSeen + reach);
  return segments;
}

/** Numbers that are coloured by thresholds are in one state as long as they are in one band. */
function mergesBands({ type, config }: Field): boolean {
  const mode = config.color?.mode ?? 'thresholds';
  return (
    type === 'number' &&
    mode === 'thresholds' &&
    !config.mappings?.length &&
    (config.thresholds?.steps.length ?? 0) > 1
  );
}

/** Every state that occurs, with its colour: what a legend says. Too many say nothing. */
export function statesOf(rows: readonly StateRow[]): { text: string; color: string }[] {
  const found = new Map<string, { text: string; color: string }>();
  for (const { segments, field } of rows) {
    const bands = mergesBands(field) ? bandsOf(field) : null;
    if (bands) {
      for (const band of bands) found.set(band.text, band);
      continue;
    }
    if (isContinuousMode(field.config.color?.mode)) continue;
    for (const { text, color } of segments) {
      if (found.size > 50) return [];
      if (!found.has(text)) found.set(text, { text, color });
    }
  }
  return [...found.values()];
}

type Band = { text: string; color: string; from: number | null };

/** What a value is held against its thresholds with. */
function compared({ config }: Field, { numeric, percent }: { numeric: number; percent: number }): number {
  return config.thresholds?.mode === 'percentage' ? percent * 100 : numeric;
}

/** Thresholds in words: `< 50`, `50+`. */
function bandsOf(field: Field): Band[] {
  const steps = field.config.thresholds?.steps ?? [];
  const percent = field.config.thresholds?.mode === 'percentage' ? '%' : '';
  return steps.map(({ value, color }, index) => {
    const next = steps[index + 1]?.value;
    const from = value ?? null;
    if (from !== null) return { text: `${from}${percent}+`, color, from };
    return { text: next === undefined || next === null ? '*' : `< ${next}${percent}`, color, from };
  });
}
