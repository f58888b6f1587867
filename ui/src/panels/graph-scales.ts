import type { GraphThreshold, ValueScale } from '../chart/graph-model';
import { axisRange, type Distribution, linear } from '../chart/scale';
import type { FieldConfig } from '../dashboard/model';
import { formatTicks, tickIncrements } from '../format/units';
import { displayOf, displayText, namedColor, seriesColor } from '../frame/display';
import type { NumberField } from '../frame/frame';
import type { Theme } from '../shell/theme';
import { customOf, type TimeSeriesCustom } from './timeseries/custom';

export type ScaleOptions = { theme: Theme; timeZone: string };

/** The axes that fields ask for: fields of one unit, range and place share one. */
export class ScaleSet {
  readonly scales: ValueScale[] = [];
  private readonly keys: string[] = [];
  private readonly firstFields: NumberField[] = [];

  constructor(private readonly options: ScaleOptions) {}

  /** The place of a field's axis. */
  indexFor(field: NumberField): number {
    const key = keyOf(field);
    const known = this.keys.indexOf(key);
    if (known >= 0) {
      this.include(known, field);
      return known;
    }
    this.keys.push(key);
    this.firstFields.push(field);
    this.scales.push(this.scaleOf(field));
    return this.scales.length - 1;
  }

  thresholds(): GraphThreshold[] {
    return this.firstFields.flatMap((field, index) => thresholdsOf(field, index, this.options.theme));
  }

  private include(index: number, field: NumberField): void {
    const scale = this.scales[index]!;
    if (!standsOnZero(customOf(field.config))) return;
    this.scales[index] = { ...scale, range: rangeOf(field) };
  }

  private scaleOf(field: NumberField): ValueScale {
    const { config } = field;
    const custom = customOf(config);
    const placement = custom.axisPlacement ?? 'auto';
    const hasLeft = this.scales.some(({ axis }) => axis?.side === 'left');
    const side = placement === 'right' || (placement === 'auto' && hasLeft) ? 'right' : 'left';
    const isHidden = placement === 'hidden';
    return {
      distribution: distributionOf(custom),
      range: rangeOf(field),
      increments: tickIncrements(unitOf(field)),
      format: ticksOf(field, this.options),
      axis: isHidden
        ? null
        : {
            side,
            label: custom.axisLabel || undefined,
            width: custom.axisWidth && custom.axisWidth > 0 ? custom.axisWidth : undefined,
            hasGrid: custom.axisGridShow ?? !this.scales.some(({ axis }) => axis?.hasGrid),
            hasBorder: custom.axisBorderShow === true,
            color: custom.axisColorMode === 'series' ? seriesColor(field, this.options.theme) : undefined,
          },
    };
  }
}

function keyOf({ config }: NumberField): string {
  const {
    axisPlacement = 'auto',
    axisLabel = '',
    axisSoftMin,
    axisSoftMax,
    axisCenteredZero,
    scaleDistribution,
  } = customOf(config);
  return JSON.stringify([
    isPercent(config) ? 'percentunit' : (config.unit ?? ''),
    config.min ?? null,
    config.max ?? null,
    axisPlacement,
    axisLabel,
    axisSoftMin ?? null,
    axisSoftMax ?? null,
    axisCenteredZero ?? false,
    scaleDistribution?.type ?? 'linear',
    scaleDistribution?.log ?? 10,
  ]);
}

function isPercent(config: FieldConfig): boolean {
  return customOf(config).stacking?.mode === 'percent';
}

function unitOf({ config }: NumberField): string {
  return isPercent(config) ? 'percentunit' : (config.unit ?? 'short');
}

function distributionOf({ scaleDistribution }: TimeSeriesCustom): Distribution {
  const { type, log, linearThreshold } = scaleDistribution ?? {};
  const base = log === 2 ? 2 : 10;
  if (type === 'log') return { type, base };
  if (type === 'symlog')
    return { type, base, threshold: linearThreshold && linearThreshold > 0 ? linearThreshold : 1 };
  return linear;
}

function standsOnZero({ drawStyle, stacking }: TimeSeriesCustom): boolean {
  return drawStyle === 'bars' || stacking?.mode === 'normal';
}

function rangeOf({ config }: NumberField): ValueScale['range'] {
  const custom = customOf(config);
  const options = {
    distribution: distributionOf(custom),
    min: config.min,
    max: config.max,
    softMin: custom.axisSoftMin,
    softMax: custom.axisSoftMax,
    centeredZero: custom.axisCenteredZero,
    includesZero: standsOnZero(custom),
    emptyMax: config.unit === 'percent' ? 100 : 1,
  };
  if (!isPercent(config)) return (min, max) => axisRange(min, max, options);
  return (min) => [options.min ?? (min !== null && min < 0 ? -1 : 0), options.max ?? 1];
}

/** Labels along an axis: names of value mappings where there are some, otherwise numbers of the unit. */
function ticksOf(field: NumberField, options: ScaleOptions): ValueScale['format'] {
  const { config } = field;
  const unit = unitOf(field);
  const decimals = isPercent(config) ? undefined : config.decimals;
  const isEven = distributionOf(customOf(config)) === linear;
  if (!config.mappings?.length && isEven) return (ticks) => formatTicks(ticks, unit, decimals);
  const display = displayOf(field, options);
  return (ticks) => ticks.map((tick) => displayText(display(tick)));
}

/** Where thresholds lie, in values of the field. */
export function thresholdValues({ config, state }: NumberField): { value: number; color: string }[] {
  const { steps = [], mode } = config.thresholds ?? {};
  const { min, max } = state?.range ?? { min: config.min ?? 0, max: config.max ?? 100 };
  return steps.map(({ value, color }) => {
    if (value === null || value === undefined) return { value: Number.NEGATIVE_INFINITY, color };
    return { value: mode === 'percentage' ? min + (value / 100) * (max - min) : value, color };
  });
}

function thresholdsOf(field: NumberField, scale: number, theme: Theme): GraphThreshold[] {
  const mode = customOf(field.config).thresholdsStyle?.mode ?? 'off';
  if (mode === 'off' || mode === 'series') return [];
  const steps = thresholdValues(field);
  const found: GraphThreshold[] = [];
  steps.forEach(({ value, color: name }, index) => {
    const color = namedColor(name, theme);
    if (name === 'transparent') return;
    if (mode.endsWith('area')) {
      found.push({
        kind: 'area',
        scale,
        from: value,
        to: steps[index + 1]?.value ?? Number.POSITIVE_INFINITY,
        color,
      });
    }
    if (mode !== 'area' && Number.isFinite(value)) {
      found.push({ kind: 'line', scale, value, color, dash: mode.startsWith('dashed') ? [10, 10] : [] });
    }
  });
  return found;
}
