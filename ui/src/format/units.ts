/**
 * Units by Grafana's ids, so that a dashboard's unit needs no translation.
 * An id that is not known here is shown as a suffix.
 */
type Scale = { factor: number; suffix: string };

const binary = (unit: string): Scale[] =>
  ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((prefix, i) => ({ factor: 1024 ** i, suffix: prefix + unit }));

const decimal = (unit: string): Scale[] =>
  ['', 'k', 'M', 'G', 'T', 'P', 'E'].map((prefix, i) => ({ factor: 1000 ** i, suffix: prefix + unit }));

const counted: Scale[] = decimal('');

const perSecond = (unit: string): Scale[] => decimal(` ${unit}/s`);

/** Seconds per step; the axis of a duration counts in one of these. */
const durations: Scale[] = [
  { factor: 1e-9, suffix: 'ns' },
  { factor: 1e-6, suffix: 'µs' },
  { factor: 1e-3, suffix: 'ms' },
  { factor: 1, suffix: 's' },
  { factor: 60, suffix: 'min' },
  { factor: 3600, suffix: 'h' },
  { factor: 86400, suffix: 'd' },
];

type UnitDefinition = {
  scales: Scale[];
  /** What one of the value is in the unit of `scales`. */
  multiplier?: number;
  /** No space between number and suffix. */
  tight?: boolean;
  kind?: 'duration' | 'binary';
};

const units = {
  none: { scales: [{ factor: 1, suffix: '' }] },
  short: { scales: counted, tight: true },
  percent: { scales: [{ factor: 1, suffix: '%' }], tight: true },
  percentunit: { scales: [{ factor: 1, suffix: '%' }], multiplier: 100, tight: true },
  bytes: { scales: binary('B'), kind: 'binary' },
  decbytes: { scales: decimal('B') },
  binBps: { scales: binary('B/s'), kind: 'binary' },
  Bps: { scales: decimal('B/s') },
  bits: { scales: decimal('b') },
  bps: { scales: decimal('b/s') },
  s: { scales: durations, kind: 'duration' },
  ms: { scales: durations, multiplier: 1e-3, kind: 'duration' },
  µs: { scales: durations, multiplier: 1e-6, kind: 'duration' },
  ns: { scales: durations, multiplier: 1e-9, kind: 'duration' },
  ops: { scales: perSecond('ops'), tight: true },
  reqps: { scales: perSecond('req'), tight: true },
  rps: { scales: perSecond('rd'), tight: true },
  wps: { scales: perSecond('wr'), tight: true },
  iops: { scales: perSecond('io'), tight: true },
  pps: { scales: perSecond('p'), tight: true },
  cps: { scales: decimal('/s'), tight: true },
  hertz: { scales: decimal('Hz') },
  celsius: { scales: [{ factor: 1, suffix: '°C' }] },
  volt: { scales: decimal('V') },
  amp: { scales: decimal('A') },
  watt: { scales: decimal('W') },
} satisfies Record<string, UnitDefinition>;

export type KnownUnit = keyof typeof units;

/** A known id, or any other, which is shown as it stands after the number. */
export type Unit = KnownUnit | (string & Record<never, never>);

function definition(unit: Unit): UnitDefinition {
  return (units as Record<string, UnitDefinition>)[unit] ?? { scales: [{ factor: 1, suffix: unit }] };
}

export type FormattedValue = { number: string; suffix: string };

/** Number and suffix apart, for showing the suffix smaller. Missing values give a dash. */
export function splitValue(value: number | null | undefined, unit: Unit, decimals?: number): FormattedValue {
  if (value === null || value === undefined || Number.isNaN(value)) return { number: '–', suffix: '' };
  if (!Number.isFinite(value)) return { number: value > 0 ? '∞' : '−∞', suffix: '' };
  const { scales, multiplier = 1, tight, kind } = definition(unit);
  const scaled = value * multiplier;
  if (kind === 'duration' && Math.abs(scaled) >= 60) return { number: compoundDuration(scaled), suffix: '' };
  const scale = scaleFor(Math.abs(scaled), kind === 'duration' ? scales.slice(0, 4) : scales);
  const shown = scaled / scale.factor;
  return {
    number: fixed(shown, decimals ?? significantDecimals(shown)),
    suffix: scale.suffix && !tight ? ` ${scale.suffix}` : scale.suffix,
  };
}

export function formatValue(
  value: number | null | undefined,
  unit: Unit = 'none',
  decimals?: number,
): string {
  const { number, suffix } = splitValue(value, unit, decimals);
  return number + suffix;
}

/** Labels of one axis: all of one scale and with as many decimals as tell neighbours apart. */
export function formatTicks(ticks: readonly number[], unit: Unit): string[] {
  if (ticks.length === 0) return [];
  const { scales, multiplier = 1, tight } = definition(unit);
  const scaled = ticks.map((tick) => tick * multiplier);
  const scale = scaleFor(Math.max(...scaled.map(Math.abs)), scales);
  const shown = scaled.map((tick) => tick / scale.factor);
  const gap = shown.length > 1 ? Math.abs(shown[1]! - shown[0]!) : Math.abs(shown[0]!);
  let decimals = 0;
  while (decimals < 6 && Math.abs(gap - Number(gap.toFixed(decimals))) > gap * 1e-3) decimals++;
  const suffix = scale.suffix && !tight ? ` ${scale.suffix}` : scale.suffix;
  return shown.map((tick) => {
    if (tick === 0 && scale.suffix !== '%') return '0';
    return fixed(tick, decimals) + suffix;
  });
}

/** Distances between ticks that read as round numbers in this unit. */
export function tickIncrements(unit: Unit): number[] {
  const { multiplier = 1, kind } = definition(unit);
  const increments: number[] = [];
  if (kind === 'binary') {
    for (let exponent = 0; exponent <= 62; exponent++) increments.push(2 ** exponent);
  } else {
    for (let exponent = -12; exponent <= 18; exponent++) {
      for (const lead of [1, 2, 2.5, 5]) increments.push(Number(`${lead}e${exponent}`));
    }
  }
  if (kind === 'duration') {
    const round = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
    return [...increments.filter((increment) => increment < 10), ...round]
      .concat([2, 5, 10, 20, 50, 100, 200, 500, 1000].map((days) => days * 86400))
      .map((increment) => increment / multiplier);
  }
  return increments;
}

/** `90` → `1m 30s`: the two largest parts. */
function compoundDuration(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  let rest = Math.abs(seconds);
  // Rounded to the smaller of the two parts first, so that 59.7 s never reads as 60s.
  rest =
    rest < 3600
      ? Math.round(rest)
      : rest < 86400
        ? Math.round(rest / 60) * 60
        : Math.round(rest / 3600) * 3600;
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
  return sign + (parts.join(' ') || '0s');
}

function scaleFor(magnitude: number, scales: Scale[]): Scale {
  let best = scales[0]!;
  if (magnitude === 0) return scales.find(({ factor }) => factor === 1) ?? best;
  for (const scale of scales) {
    // 999.6 would read as 1000 of the smaller step.
    if (magnitude >= scale.factor * 0.9995) best = scale;
  }
  return best;
}

function significantDecimals(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || magnitude >= 99.95 || Number.isInteger(value)) return 0;
  if (magnitude >= 9.995) return 1;
  if (magnitude >= 0.01) return 2;
  return 3;
}

function fixed(value: number, decimals: number): string {
  if (value !== 0 && Math.abs(value) < 0.0005 && decimals <= 3) return minus(value.toExponential(1));
  const text = value.toFixed(decimals);
  return minus(Number(text) === 0 ? text.replace('-', '') : text);
}

/** A minus as wide as the digits. */
function minus(text: string): string {
  return text.replace(/^-/, '−');
}
