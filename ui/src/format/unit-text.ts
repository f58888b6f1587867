import { formatPattern, isSameDay, relativeText } from './dates';
import { decimalText } from './numbers';

/**
 * How the values of a unit are written. A unit is data; `writeUnit` is the only
 * code that knows what its kind means.
 *
 * `fixed`: number, space, symbol. `si`, `binary`: with a prefix before the
 * symbol, in steps of 1000 or 1024; `start` is the step that the values come in
 * (1 for kilo, -1 for milli). `count`: with K, M, B, T behind the number.
 * `before`, `after`: currencies; `money`: in full, with cents, behind its symbol, before it where `start` is 1.
 * `lead`: the symbol, then the number. `time`: a duration that comes in the unit of
 * `symbol`. `date`: by a pattern. `bool`: two words with a slash between.
 * `special`: by its own rule, named by `symbol`.
 */
export type UnitKind =
  | 'fixed'
  | 'si'
  | 'binary'
  | 'count'
  | 'before'
  | 'after'
  | 'money'
  | 'lead'
  | 'time'
  | 'date'
  | 'bool'
  | 'special';

export type UnitDefinition = readonly [kind: UnitKind, symbol: string, start?: number];

/** The parts of a formatted value, to be shown in this order; spaces belong to them. */
export type UnitText = { prefix: string; text: string; suffix: string };

const siPrefixes = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const siBase = siPrefixes.indexOf('');
const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];
const countPrefixes = ['', 'K', 'M', 'B', 'T'];
const shortWords = ['', ' K', ' Mil', ' Bil', ' Tri', ' Quadr', ' Quint', ' Sext', ' Sept'];

type Steps = { factor: number; names: readonly string[]; base: number };

function stepped(value: number, decimals: number | null | undefined, { factor, names, base }: Steps) {
  // The logarithm of 1000 to 1000 must not come out just below 1.
  const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / Math.log10(factor) + 1e-12);
  const step = Math.min(Math.max(power, -base), names.length - 1 - base);
  return { text: decimalText(value / factor ** step, decimals), name: names[base + step]! };
}

type TimeStep = readonly [below: number, size: number, name: string];

const minute = 60;
const hour = 3600;
const day = 86_400;
const week = 7 * day;
const endless = Number.POSITIVE_INFINITY;

/** For each unit of time that values come in: up to which size, in what they are shown. Sizes in the unit itself. */
const timeSteps: Record<string, readonly TimeStep[]> = {
  ns: [
    [1e3, 1, 'ns'],
    [1e6, 1e3, 'µs'],
    [1e9, 1e6, 'ms'],
    [6e10, 1e9, 's'],
    [3.6e12, 6e10, 'min'],
    [8.64e13, 3.6e12, 'hour'],
    [endless, 8.64e13, 'day'],
  ],
  µs: [
    [1e3, 1, 'µs'],
    [1e6, 1e3, 'ms'],
    [endless, 1e6, 's'],
  ],
  ms: [
    [1e3, 1, 'ms'],
    [6e4, 1e3, 's'],
    [3.6e6, 6e4, 'min'],
    [8.64e7, 3.6e6, 'hour'],
    [3.1536e10, 8.64e7, 'day'],
    [endless, 3.1536e10, 'year'],
  ],
  s: [
    [1e-6, 1e-9, 'ns'],
    [1e-3, 1e-6, 'µs'],
    [1, 1e-3, 'ms'],
    [minute, 1, 's'],
    [hour, minute, 'min'],
    [day, hour, 'hour'],
    [week, day, 'day'],
    [365 * day, week, 'week'],
    [endless, 3.15569e7, 'year'],
  ],
  m: [
    [60, 1, 'min'],
    [1440, 60, 'hour'],
    [10_080, 1440, 'day'],
    [604_800, 10_080, 'week'],
    [endless, 5.25948e5, 'year'],
  ],
  h: [
    [24, 1, 'hour'],
    [168, 24, 'day'],
    [8760, 168, 'week'],
    [endless, 8760, 'year'],
  ],
  d: [
    [7, 1, 'day'],
    [365, 7, 'week'],
    [endless, 365, 'year'],
  ],
};

function writeTime(value: number, decimals: number | null | undefined, unit: string): UnitText {
  const steps = timeSteps[unit]!;
  const [, size, name] =
    value === 0 ? steps.find((step) => step[1] === 1)! : steps.find(([below]) => Math.abs(value) < below)!;
  const shown = value / size;
  const isMany = name.length > 2 && Math.abs(shown) > 1 && (size !== 1 || name === 'day');
  if (value === 0 && unit === 's') return { prefix: '', text: '0', suffix: ' s' };
  return { prefix: '', text: decimalText(shown, decimals), suffix: ` ${name}${isMany ? 's' : ''}` };
}

const spans: readonly [name: string, seconds: number][] = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['week', week],
  ['day', day],
  ['hour', hour],
  ['minute', minute],
  ['second', 1],
  ['millisecond', 1e-3],
];

/** The largest part in words, then as many smaller ones as there are decimals: `1 hour, 20 minutes`. */
function writeSpans(seconds: number, decimals: number | null | undefined, zeroName: string): UnitText {
  if (seconds === 0) return { prefix: '', text: '0', suffix: ` ${zeroName}` };
  if (seconds < 0) {
    const { text } = writeSpans(-seconds, decimals, zeroName);
    return { prefix: '', text, suffix: ' ago' };
  }
  let rest = Math.floor(seconds * 1000 + 1e-6) / 1000;
  const parts: string[] = [];
  let more = decimals ?? 0;
  for (const [name, size] of spans) {
    const count = Math.floor(rest / size + 1e-9);
    if (count === 0 && parts.length === 0) continue;
    parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    rest -= count * size;
    if (more-- <= 0) break;
  }
  return { prefix: '', text: parts.join(', '), suffix: '' };
}

const two = (value: number, width = 2) => String(value).padStart(width, '0');

function writeClock(value: number, decimals: number | null | undefined): UnitText {
  const milliseconds = Math.abs(value);
  const pieces = [
    [Math.floor(milliseconds / 3_600_000), 'h', 1, 3_600_000],
    [Math.floor(milliseconds / 60_000) % 60, 'm', 2, 60_000],
    [Math.floor(milliseconds / 1000) % 60, 's', 2, 1000],
    [Math.floor(milliseconds) % 1000, 'ms', 3, 0],
  ] as const;
  const first = pieces.findIndex(([, , , from]) => milliseconds >= from);
  const last = decimals === null || decimals === undefined ? 4 : first + 1 + decimals;
  const text = pieces.slice(first, last).map(([count, name, width]) => two(count, width) + name);
  return { prefix: value < 0 ? '-' : '', text: text.join(':'), suffix: '' };
}

function writeHms(seconds: number, withDays: boolean): UnitText {
  const size = Math.floor(Math.abs(seconds));
  const days = withDays ? Math.floor(size / day) : 0;
  const rest = size - days * day;
  const clock = [Math.floor(rest / hour), Math.floor(rest / minute) % 60, rest % 60]
    .map((n) => two(n))
    .join(':');
  return { prefix: '', text: (days > 0 ? `${days} d ` : '') + clock, suffix: seconds < 0 ? ' ago' : '' };
}

function writeSpecial(
  rule: string,
  value: number,
  decimals: number | null | undefined,
  timeZone: string | undefined,
): UnitText {
  const plain = (text: string, suffix = ''): UnitText => ({ prefix: '', text, suffix });
  switch (rule) {
    case 'short': {
      const { text, name } = stepped(value, decimals, { factor: 1000, names: shortWords, base: 0 });
      return plain(text, name);
    }
    case 'percent':
      return plain(decimalText(value, decimals), '%');
    case 'percentunit':
      return plain(decimalText(value * 100, decimals), '%');
    case 'hex':
    case 'hex0x': {
      const digits = Number.parseFloat(decimalText(value, decimals)).toString(16).toUpperCase();
      return plain(
        rule === 'hex' ? digits : digits.startsWith('-') ? `-0x${digits.slice(1)}` : `0x${digits}`,
      );
    }
    case 'sci':
      return plain(value.toExponential(decimals ?? undefined));
    case 'locale':
      return plain(value.toLocaleString(undefined, { maximumFractionDigits: decimals ?? undefined }));
    case 'string':
      return plain(String(value));
    case 'psi': {
      const { text, name } = stepped(value, decimals, {
        factor: 1000,
        names: ['psi', 'ksi', 'Mpsi'],
        base: 0,
      });
      return plain(text, name);
    }
    case 'timeticks':
      return writeTime(value / 100, decimals, 's');
    case 'dtdurations':
      return writeSpans(value, decimals, 'seconds');
    case 'dtdurationms':
      return writeSpans(value / 1000, decimals, 'milliseconds');
    case 'dthms':
      return writeHms(value, false);
    case 'dtdhms':
      return writeHms(value, true);
    case 'clocks':
      return writeClock(value * 1000, decimals);
    case 'clockms':
      return writeClock(value, decimals);
    case 'fromNow':
      return plain(relativeText(value));
    case 'local':
    case 'localToday': {
      const hidesDate = rule === 'localToday' && isSameDay(value, Date.now(), timeZone);
      const zone = timeZone === 'utc' ? 'UTC' : timeZone;
      const format = new Intl.DateTimeFormat(undefined, {
        timeZone: zone === 'browser' || zone === '' ? undefined : zone,
        ...(hidesDate ? {} : { year: 'numeric', month: '2-digit', day: '2-digit' }),
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      });
      return plain(
        Math.abs(value) <= 8.64e15 ? format.format(value).replace(/\u202f/g, ' ') : 'Invalid date',
      );
    }
  }
  throw new Error(`no rule for units named ${rule}`);
}

/** A date's pattern; where a second one follows after a bar, it is for times of today. */
function writeDate(value: number, patterns: string, timeZone: string | undefined): UnitText {
  const [full = '', today] = patterns.split('|');
  const pattern = today !== undefined && isSameDay(value, Date.now(), timeZone) ? today : full;
  return { prefix: '', text: formatPattern(value, pattern, timeZone), suffix: '' };
}

export function writeUnit(
  [kind, symbol, start = 0]: UnitDefinition,
  value: number,
  decimals?: number | null,
  timeZone?: string,
): UnitText {
  if (kind === 'date') return writeDate(value, symbol, timeZone);
  if (!Number.isFinite(value)) return { prefix: '', text: decimalText(value), suffix: '' };
  switch (kind) {
    case 'fixed':
      return { prefix: '', text: decimalText(value, decimals), suffix: symbol && ` ${symbol}` };
    case 'si': {
      const { text, name } = stepped(value, decimals, {
        factor: 1000,
        names: siPrefixes,
        base: siBase + start,
      });
      return { prefix: '', text, suffix: ` ${name}${symbol}` };
    }
    case 'binary': {
      const { text, name } = stepped(value, decimals, { factor: 1024, names: binaryPrefixes, base: start });
      return { prefix: '', text, suffix: ` ${name}${symbol}` };
    }
    case 'count': {
      const { text, name } = stepped(value, decimals, { factor: 1000, names: countPrefixes, base: 0 });
      return { prefix: '', text, suffix: `${name} ${symbol}` };
    }
    case 'before':
    case 'after': {
      const { text, name } = stepped(Math.abs(value), decimals, {
        factor: 1000,
        names: countPrefixes,
        base: 0,
      });
      const sign = value < 0 ? '-' : '';
      return kind === 'before'
        ? { prefix: sign + symbol, text, suffix: name }
        : { prefix: sign, text, suffix: name + symbol };
    }
    case 'lead':
      return { prefix: symbol, text: decimalText(value, decimals), suffix: '' };
    case 'money': {
      const places = decimals ?? 2;
      const text = Math.abs(value).toLocaleString(undefined, {
        minimumFractionDigits: places,
        maximumFractionDigits: places,
      });
      const sign = value < 0 ? '-' : '';
      return start === 1
        ? { prefix: sign, text, suffix: symbol }
        : { prefix: sign + symbol, text, suffix: '' };
    }
    case 'time':
      return writeTime(value, decimals, symbol);
    case 'bool': {
      const [yes = '', no = ''] = symbol.split('/');
      return { prefix: '', text: value ? yes : no, suffix: '' };
    }
    case 'special':
      return writeSpecial(symbol, value, decimals, timeZone);
  }
}
