import type { FieldColor, MappingResult, Thresholds } from '../dashboard/model';
import { formatUnit, isBooleanUnit, isDateUnit, withoutTrailingZeros } from '../format/units';
import type { Theme } from '../shell/theme';
import {
  classicColor,
  classicColorOfName,
  continuousColor,
  isContinuousMode,
  namedColor as namedColorOf,
  shadeOf,
} from './colors';
import type { Field } from './frame';
import { mapValue } from './mappings';
import { reduceField } from './reduce';

/** A value as panels show it: prefix, text and suffix in this order, spaces included. */
export type DisplayValue = {
  text: string;
  prefix: string;
  suffix: string;
  /** `#rrggbb` for the theme. */
  color: string;
  /** Where the value is between the field's min and max, 0 to 1 (beyond for values beyond). */
  percent: number;
  /** NaN where the value is no number. */
  numeric: number;
  /** From a value mapping: a URL or Grafana's path of an icon. */
  icon?: string;
};

export type DisplayOptions = { timeZone: string; theme: Theme };

export type DisplayOf = (value: unknown, decimals?: number | null) => DisplayValue;

/** A colour's name in a dashboard as `#rrggbb`. */
export const namedColor = namedColorOf;

export function displayText({ prefix, text, suffix }: DisplayValue): string {
  return prefix + text + suffix;
}

function numberOf(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return value.trim() === '' ? Number.NaN : Number(value);
    default:
      return value instanceof Date ? value.getTime() : Number.NaN;
  }
}

function unitOf(field: Field): string | undefined {
  const { unit } = field.config;
  if (field.type === 'time') return isDateUnit(unit) ? unit : 'dateTimeAsSystem';
  if (field.type === 'boolean') return isBooleanUnit(unit) ? unit : 'bool:true/false';
  return unit || (field.type === 'string' ? 'string' : undefined);
}

/** Less than a minute across: the milliseconds are what tells the times apart. */
function needsMilliseconds(field: Field): boolean {
  if (field.type !== 'time' || isDateUnit(field.config.unit) || field.values.length < 2) return false;
  const spread = field.values[field.values.length - 1]! - field.values[0]!;
  return Math.abs(spread) < 60_000 && field.values.some((time) => time % 1000 !== 0);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) return '';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** How the values of a field are shown. Make it once per field and use it for all its values. */
export function displayOf(field: Field, { timeZone, theme }: DisplayOptions): DisplayOf {
  const { config } = field;
  const mappings = config.mappings?.length ? config.mappings : undefined;
  const unit = needsMilliseconds(field) ? 'time:YYYY-MM-DD HH:mm:ss.SSS' : unitOf(field);
  const isDate = isDateUnit(unit);
  const scale = scaleOf(field, theme);
  const trims =
    field.type === 'number' &&
    (config.decimals === null || config.decimals === undefined) &&
    !isDate &&
    !isBooleanUnit(unit) &&
    !unit?.startsWith('currency') &&
    unit !== 'locale';

  return (value, decimals) => {
    let numeric = numberOf(value);
    if (isDate && typeof value === 'string' && Number.isNaN(numeric)) numeric = Date.parse(value);
    if (unit === 'string') numeric = Number.NaN;
    const shown = { prefix: '', suffix: '' };
    let text: string | undefined;
    let color: string | undefined;
    let icon: string | undefined;
    const apply = (result: MappingResult | undefined) => {
      if (!result) return;
      if (result.text !== undefined && result.text !== null && result.text !== '') {
        text = result.text;
        shown.prefix = '';
        shown.suffix = '';
      }
      if (result.color) color = namedColorOf(result.color, theme);
      icon = result.icon || icon;
    };
    if (mappings) apply(mapValue(mappings, value));
    if (!Number.isNaN(numeric)) {
      if (text === undefined) {
        const formatted = formatUnit(unit, numeric, decimals ?? config.decimals, timeZone);
        shown.prefix = formatted.prefix;
        shown.suffix = formatted.suffix;
        text = trims && decimals === undefined ? withoutTrailingZeros(formatted.text) : formatted.text;
        if (mappings && color === undefined) apply(mapValue(mappings, text));
      }
    } else {
      text ??= textOf(value) || config.noValue || '';
    }
    const percent = scale.percent(numeric);
    color ??= scale.color(Number.isNaN(numeric) ? Number.NEGATIVE_INFINITY : numeric, percent);
    return { text: text ?? '', ...shown, color, percent, numeric, ...(icon ? { icon } : {}) };
  };
}

/** The step that a value is in; `percent` is its place between min and max, 0 to 1. */
export function activeThreshold(
  thresholds: Thresholds | undefined,
  value: number,
  percent: number,
): { value: number | null; color: string } {
  const steps = thresholds?.steps ?? [];
  const compared = thresholds?.mode === 'percentage' ? percent * 100 : value;
  let active = steps[0] ?? { value: null, color: 'green' };
  for (const step of steps) {
    if (step.value === null || step.value === undefined || compared >= step.value) active = step;
  }
  return active;
}

type Scale = { percent(value: number): number; color(value: number, percent: number): string };

function rangeOf(field: Field): { min: number; max: number } {
  if (field.state) return field.state.range;
  const { min, max } = reduceField(field, ['min', 'max']);
  return {
    min: field.config.min ?? (typeof min === 'number' ? min : 0),
    max: field.config.max ?? (typeof max === 'number' ? max : 100),
  };
}

function scaleOf(field: Field, theme: Theme): Scale {
  const { min, max } = rangeOf(field);
  const percent = (value: number) => {
    const share = (value - min) / (max - min);
    return Number.isFinite(share) ? share : 0;
  };
  return { percent, color: colorOf(field, theme) };
}

/** What a colour mode makes of a value and its place between min and max. */
function colorOf(field: Field, theme: Theme): (value: number, percent: number) => string {
  const color: FieldColor = field.config.color ?? {};
  const mode = color.mode ?? 'thresholds';
  const index = field.state?.seriesIndex ?? 0;
  let one: string;
  switch (mode) {
    case 'fixed':
      one = namedColorOf(color.fixedColor, theme);
      return () => one;
    case 'shades':
      one = shadeOf(namedColorOf(color.fixedColor, theme), index);
      return () => one;
    case 'palette-classic':
    case 'palette-saturated':
      one = classicColor(index, theme);
      return () => one;
    case 'palette-classic-by-name':
      one = classicColorOfName(field.state?.displayName ?? field.name, theme);
      return () => one;
    default:
      break;
  }
  if (isContinuousMode(mode)) return (_, percent) => continuousColor(mode, percent, theme);
  const { thresholds } = field.config;
  if (field.type === 'boolean') return (value) => namedColorOf(value === 0 ? 'red' : 'green', theme);
  return (value, percent) => namedColorOf(activeThreshold(thresholds, value, percent).color, theme);
}

/** Whether a field's colour depends on its values, not on the series. */
export function isColoredByValue(field: Field): boolean {
  const mode = field.config.color?.mode ?? 'thresholds';
  return mode === 'thresholds' || isContinuousMode(mode);
}

/** One colour for the whole field: that of its last (or least, greatest) value where the mode goes by value. */
export function seriesColor(field: Field, theme: Theme): string {
  const scale = scaleOf(field, theme);
  if (!isColoredByValue(field)) return scale.color(0, 0);
  const by = field.config.color?.seriesBy ?? 'last';
  const id = by === 'last' ? 'lastNotNull' : by;
  const value = reduceField(field, [id])[id];
  return typeof value === 'number' && !Number.isNaN(value)
    ? scale.color(value, scale.percent(value))
    : scale.color(Number.NEGATIVE_INFINITY, 0);
}
