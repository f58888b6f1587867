import { formatUnit, withoutTrailingZeros } from '../../format/units';
import { namedColor } from '../../frame/colors';
import type { Frame } from '../../frame/frame';
import { isNumberField } from '../../frame/frame';
import { type LinkContext, safeHref } from '../../frame/links';
import { regexOf } from '../../frame/mappings';
import { displayName } from '../../frame/names';
import { reduceToNumber } from '../../frame/reduce';

type Threshold = { value: number; color: string; state?: number };

type Override = {
  metricName?: string;
  seriesMatch?: string;
  label?: string;
  enabled?: boolean;
  unitFormat?: string;
  decimals?: number | string;
  operatorName?: string;
  prefix?: string;
  suffix?: string;
  alias?: string;
  clickThrough?: string;
  thresholds?: Threshold[];
  colors?: string[];
};

type Composite = {
  name?: string;
  compositeName?: string;
  enabled?: boolean;
  showName?: boolean;
  showValue?: boolean;
  hideMembers?: boolean;
  showMembers?: boolean;
  displayMode?: string;
  metrics?: { seriesMatch?: string; seriesName?: string }[];
  clickThrough?: string;
};

export type PolystatOptions = {
  globalShape?: string;
  globalOperator?: string;
  globalUnitFormat?: string;
  globalDecimals?: number | string;
  globalFillColor?: string;
  globalGradientsEnabled?: boolean;
  globalThresholdsConfig?: Threshold[];
  globalClickthrough?: string;
  globalClickthroughNewTabEnabled?: boolean;
  globalRegexPattern?: string;
  globalDisplayMode?: string;
  globalShowValueEnabled?: boolean;
  globalAutoScaleFonts?: boolean;
  globalFontSize?: number;
  globalPolygonBorderColor?: string;
  globalTextFontColor?: string;
  autoSizePolygons?: boolean;
  autoSizeColumns?: boolean;
  autoSizeRows?: boolean;
  globalPolygonSize?: number;
  layoutNumColumns?: number;
  columns?: number;
  layoutDisplayLimit?: number;
  sortByDirection?: number;
  sortByField?: string;
  overrideConfig?: { overrides?: Override[] };
  compositeConfig?: { enabled?: boolean; composites?: Composite[] };
};

export type Polygon = {
  name: string;
  value: number;
  text: string;
  color: string;
  /** 0 good, 1 warning, 2 critical, 3 unknown. */
  state: number;
  href?: string;
  opensNewTab: boolean;
  hidesValue?: boolean;
  hidesName?: boolean;
  /** What a composite is made of. */
  members?: Polygon[];
};

const operators: Record<string, string> = {
  avg: 'mean',
  mean: 'mean',
  current: 'lastNotNull',
  last: 'lastNotNull',
  last_time: 'lastNotNull',
  total: 'sum',
  first: 'firstNotNull',
};

/** The step of thresholds that a value is in. */
function stepOf(thresholds: readonly Threshold[] | undefined, value: number): Threshold | undefined {
  const steps = [...(thresholds ?? [])].sort((a, b) => Number(a.value) - Number(b.value));
  let active: Threshold | undefined;
  for (const step of steps) if (value >= Number(step.value)) active = step;
  return active;
}

function number(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

function matches(pattern: string | undefined, name: string): boolean {
  if (!pattern) return false;
  return pattern === name || (regexOf(pattern)?.test(name) ?? false);
}

/** A polygon for each series, those that composites take put together, in the panel's order. */
export function polygonsOf(
  frames: readonly Frame[],
  options: PolystatOptions,
  context: LinkContext,
): Polygon[] {
  const overrides = (options.overrideConfig?.overrides ?? []).filter(({ enabled }) => enabled !== false);
  const single = frames.flatMap((frame) =>
    frame.fields.filter(isNumberField).map((field): Polygon => {
      const full = displayName(field);
      const override = overrides.find(({ metricName, seriesMatch }) =>
        matches(metricName ?? seriesMatch, full),
      );
      const operator = override?.operatorName ?? options.globalOperator ?? 'mean';
      const value = reduceToNumber(field, operators[operator] ?? operator);
      const unit = override?.unitFormat || field.config.unit || options.globalUnitFormat || 'short';
      const decimals = number(override?.decimals) ?? field.config.decimals ?? number(options.globalDecimals);
      const formatted = formatUnit(unit, value, decimals, context.timeZone);
      const shown = decimals === undefined ? withoutTrailingZeros(formatted.text) : formatted.text;
      const step = stepOf(
        override?.thresholds?.length ? override.thresholds : options.globalThresholdsConfig,
        value,
      );
      const isMissing = Number.isNaN(value);
      const own = step?.color ?? (isMissing ? '#808080' : (options.globalFillColor ?? 'green'));
      const link = override?.clickThrough || options.globalClickthrough;
      return {
        name: shortName(override?.alias || full, options.globalRegexPattern),
        value,
        text: isMissing
          ? '–'
          : `${override?.prefix ?? ''}${formatted.prefix}${shown}${formatted.suffix}${override?.suffix ?? ''}`,
        color: namedColor(own, context.theme),
        state: isMissing ? 3 : (step?.state ?? 0),
        href: link ? safeHref(context.interpolate(link)) : undefined,
        opensNewTab: options.globalClickthroughNewTabEnabled === true,
        hidesValue: options.globalShowValueEnabled === false,
      };
    }),
  );
  const all = withComposites(single, options, context);
  const triggered = options.globalDisplayMode === 'triggered' ? all.filter(({ state }) => state > 0) : all;
  const sorted = sortPolygons(triggered, options);
  const limit = options.layoutDisplayLimit ?? 0;
  return limit > 0 ? sorted.slice(0, limit) : sorted;
}

/** The groups of a pattern, where it has some, instead of the whole name. */
function shortName(name: string, pattern: string | undefined): string {
  if (!pattern) return name;
  const found = regexOf(pattern)?.exec(name);
  return found && found.length > 1 ? found.slice(1).filter(Boolean).join('') : name;
}

function withComposites(single: Polygon[], options: PolystatOptions, context: LinkContext): Polygon[] {
  const composites =
    options.compositeConfig?.enabled === false ? [] : (options.compositeConfig?.composites ?? []);
  const hidden = new Set<Polygon>();
  const made: Polygon[] = [];
  for (const composite of composites) {
    if (composite.enabled === false) continue;
    const patterns = (composite.metrics ?? []).map(
      ({ seriesMatch, seriesName }) => seriesMatch ?? seriesName,
    );
    const members = single.filter(({ name }) => patterns.some((pattern) => matches(pattern, name)));
    if (members.length === 0) continue;
    if (composite.hideMembers || composite.showMembers === false)
      for (const member of members) hidden.add(member);
    // The worst of its members speaks for it.
    const worst = members.reduce((a, b) => (severity(b) > severity(a) ? b : a));
    if (composite.displayMode === 'triggered' && worst.state === 0) continue;
    made.push({
      ...worst,
      name: composite.compositeName ?? composite.name ?? worst.name,
      text: `${worst.name} ${worst.text}`,
      hidesName: composite.showName === false,
      hidesValue: composite.showValue === false,
      href: composite.clickThrough ? safeHref(context.interpolate(composite.clickThrough)) : worst.href,
      members,
    });
  }
  return [...made, ...single.filter((polygon) => !hidden.has(polygon))];
}

/** Unknown is worse than a warning and better than critical. */
function severity({ state }: Polygon): number {
  return state === 3 ? 1.5 : state;
}

/** Directions: 1 and 2 by name up and down, without case 3 and 4, 5 and 6 by value; a text says the same in words. */
function sortPolygons(polygons: Polygon[], { sortByField, sortByDirection }: PolystatOptions): Polygon[] {
  if (!sortByDirection) return polygons;
  const sign = sortByDirection % 2 === 1 ? 1 : -1;
  const byValue = sortByField === 'value' || sortByDirection > 4;
  const order = new Intl.Collator(undefined, {
    numeric: true,
    sensitivity: sortByDirection > 2 ? 'base' : 'variant',
  });
  return [...polygons].sort((a, b) =>
    byValue ? sign * (a.value - b.value) : sign * order.compare(a.name, b.name),
  );
}
