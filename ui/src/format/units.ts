import { signal } from '@preact/signals';
import { decimalText } from './numbers';
import { type UnitDefinition, type UnitText, writeUnit } from './unit-text';

/** The units of nearly all panels, by Grafana's ids. The others come with `loadUnits`. */
const commonUnits = {
  none: ['fixed', ''],
  string: ['special', 'string'],
  short: ['special', 'short'],
  percent: ['special', 'percent'],
  percentunit: ['special', 'percentunit'],
  locale: ['special', 'locale'],
  bytes: ['binary', 'B'],
  decbytes: ['si', 'B'],
  bits: ['binary', 'b'],
  decbits: ['si', 'b'],
  pps: ['si', 'p/s'],
  binBps: ['binary', 'B/s'],
  Bps: ['si', 'B/s'],
  binbps: ['binary', 'b/s'],
  bps: ['si', 'b/s'],
  dateTimeAsIso: ['date', 'YYYY-MM-DD HH:mm:ss'],
  dateTimeAsSystem: ['date', 'YYYY-MM-DD HH:mm:ss'],
  celsius: ['fixed', '°C'],
  hertz: ['si', 'Hz'],
  ns: ['time', 'ns'],
  µs: ['time', 'µs'],
  ms: ['time', 'ms'],
  s: ['time', 's'],
  cps: ['count', 'c/s'],
  ops: ['count', 'ops/s'],
  reqps: ['count', 'req/s'],
  rps: ['count', 'rd/s'],
  wps: ['count', 'wr/s'],
  iops: ['count', 'io/s'],
  bool: ['bool', 'True/False'],
  bool_yes_no: ['bool', 'Yes/No'],
} satisfies Record<string, UnitDefinition>;

export type KnownUnit = keyof typeof commonUnits;

/** Grafana's id; another text is shown as it stands after the number. */
export type Unit = KnownUnit | (string & Record<never, never>);

/** Null until a dashboard needed one of them. Reading it while rendering redraws when they are there. */
const rareUnits = signal<Record<string, UnitDefinition> | null>(null);
let loading: Promise<void> | null = null;

const dynamicPrefix = /^(suffix|prefix|time|si|count|currency|bool):/;

/**
 * What to wait for before values of these units are drawn, so that none shows a
 * wrong text first; undefined when all are known already.
 */
export function loadUnits(units: Iterable<string | undefined>): Promise<void> | undefined {
  if (rareUnits.peek() !== null) return undefined;
  for (const unit of units) {
    if (!unit || unit in commonUnits || dynamicPrefix.test(unit)) continue;
    loading ??= import('./unit-table').then(
      (table) => {
        rareUnits.value = table.rareUnits;
      },
      () => {
        // The next dashboard tries again; until then they are suffixes.
        loading = null;
      },
    );
    return loading;
  }
  return undefined;
}

const written = new Map<string, UnitDefinition>();

const siPrefixes: Record<string, number> = {
  f: -5,
  p: -4,
  n: -3,
  µ: -2,
  m: -1,
  k: 1,
  M: 2,
  G: 3,
  T: 4,
  P: 5,
  E: 6,
  Z: 7,
  Y: 8,
};

function dynamicUnit(unit: string): UnitDefinition {
  const colon = unit.indexOf(':');
  const detail = unit.slice(colon + 1);
  switch (colon < 0 ? '' : unit.slice(0, colon)) {
    case 'suffix':
      return ['fixed', detail];
    case 'prefix':
      return ['lead', detail];
    case 'time':
      return ['date', detail];
    case 'si': {
      const start = siPrefixes[detail.charAt(0)];
      return start === undefined || detail.length < 2 ? ['si', detail] : ['si', detail.slice(1), start];
    }
    case 'count':
      return ['count', detail];
    case 'currency':
      return currency(detail);
    case 'bool':
      return ['bool', detail || 'True/False'];
    default:
      return ['fixed', unit];
  }
}

/** `$`; `financial:$` without K and M, `financial:kr:suffix` with the symbol behind. */
function currency(detail: string): UnitDefinition {
  const parts = detail.split(':');
  if (parts[0] !== 'financial') return ['before', detail];
  return ['money', parts[1] ?? '', parts[2] === 'suffix' ? 1 : 0];
}

function definition(unit: Unit): UnitDefinition {
  const known = (commonUnits as Record<string, UnitDefinition>)[unit] ?? rareUnits.value?.[unit];
  if (known) return known;
  let found = written.get(unit);
  if (!found) {
    found = dynamicUnit(unit);
    written.set(unit, found);
  }
  return found;
}

/** A value's text as Grafana writes it. Without `decimals`, about three significant digits. Times in milliseconds. */
export function formatUnit(
  unit: Unit | undefined,
  value: number,
  decimals?: number | null,
  timeZone?: string,
): UnitText {
  return writeUnit(definition(unit || 'none'), value, decimals, timeZone);
}

/** Whether values of a unit are times, in milliseconds. */
export function isDateUnit(unit: string | undefined): boolean {
  return unit !== undefined && (unit.startsWith('dateTime') || unit.startsWith('time:'));
}

export function isBooleanUnit(unit: string | undefined): boolean {
  return unit !== undefined && (unit.startsWith('bool:') || /^bool(_yes_no|_on_off)?$/.test(unit));
}

/** `12.0` → `12`, where nobody asked for that many decimals. */
export function withoutTrailingZeros(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}

export type FormattedValue = { number: string; suffix: string };

/** For Monopod's own pages: number and suffix apart; durations of a minute and more in two parts. Missing values give a dash. */
export function splitValue(value: number | null | undefined, unit: Unit, decimals?: number): FormattedValue {
  if (value === null || value === undefined || Number.isNaN(value)) return { number: '–', suffix: '' };
  const kind = definition(unit);
  if (kind[0] === 'time' && Number.isFinite(value)) {
    const seconds = value * (timeUnitSeconds[kind[1]] ?? 1);
    if (Math.abs(seconds) >= 60) return { number: compoundDuration(seconds), suffix: '' };
  }
  const { prefix, text, suffix } = formatUnit(unit, value, decimals);
  const number = decimals === undefined ? withoutTrailingZeros(text) : text;
  return { number: minus(prefix + number), suffix };
}

export function formatValue(
  value: number | null | undefined,
  unit: Unit = 'none',
  decimals?: number,
): string {
  const { number, suffix } = splitValue(value, unit, decimals);
  return number + suffix;
}

const timeUnitSeconds: Record<string, number> = {
  ns: 1e-9,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** `90` → `1m 30s`: the two largest parts. */
function compoundDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  let rest = Math.abs(seconds);
  // Rounded to the smaller of the two parts first, so that 59.7 s never reads as 60s.
  const part = rest < 3600 ? 1 : rest < 86400 ? 60 : 3600;
  rest = Math.round(rest / part) * part;
  const parts: string[] = [];
  for (const [factor, suffix] of [
    [365 * 86400, 'y'],
    [86400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest / factor);
    rest -= count * factor;
    if (count > 0) parts.push(`${count}${suffix}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return minus(sign + (parts.join(' ') || '0s'));
}

/** A minus as wide as the digits. */
function minus(text: string): string {
  return text.replace(/^-/, '−');
}

/**
 * Labels of an axis: as many decimals as tell neighbours apart, each in the step
 * of its own size, so that a zero is bare and a thousand reads as 1 K.
 */
export function formatTicks(ticks: readonly number[], unit: Unit, decimals?: number | null): string[] {
  if (ticks.length === 0) return [];
  const gap = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : Math.abs(ticks[0]!);
  return ticks.map((tick) => {
    const places = decimals ?? tickDecimals(tick, gap, unit);
    const { prefix, text, suffix } = formatUnit(unit, tick, places);
    return prefix + text + suffix;
  });
}

/** Decimals with which `tick` and its neighbours a `gap` apart have different texts. */
function tickDecimals(tick: number, gap: number, unit: Unit): number {
  if (tick === 0) return 0;
  const name = (value: number) => formatUnit(unit, value, 0).suffix;
  const scale = shownRatio(tick, unit);
  // Where the neighbour is shown in another step the two differ anyhow.
  const shownGap =
    name(tick) === name(tick - gap) || name(tick) === name(tick + gap) ? gap * scale : Math.abs(tick * scale);
  let places = 0;
  while (places < 6 && Math.abs(shownGap - Number(shownGap.toFixed(places))) > shownGap * 1e-3) places++;
  return places;
}

/** What one of the value is in the number that is shown for it. */
function shownRatio(value: number, unit: Unit): number {
  const shown = Number.parseFloat(formatUnit(unit, value, 12).text);
  return Number.isFinite(shown) && shown !== 0 ? Math.abs(shown / value) : 1;
}

/** Distances between ticks that read as round numbers in this unit. */
export function tickIncrements(unit: Unit): number[] {
  const [kind, symbol] = definition(unit);
  const increments: number[] = [];
  if (kind === 'binary') {
    for (let exponent = 0; exponent <= 62; exponent++) increments.push(2 ** exponent);
    return increments;
  }
  for (let exponent = -12; exponent <= 18; exponent++) {
    for (const lead of [1, 2, 2.5, 5]) increments.push(Number(`${lead}e${exponent}`));
  }
  if (kind !== 'time') return increments;
  const factor = timeUnitSeconds[symbol] ?? 1;
  const round = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
  return increments
    .filter((increment) => increment < 10)
    .concat(round)
    .concat([2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * 86_400))
    .map((increment) => increment / factor);
}

/** A number alone, with about three significant digits. */
export function formatNumber(value: number, decimals?: number | null): string {
  return decimalText(value, decimals);
}
