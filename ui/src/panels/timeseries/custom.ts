import type { FieldConfig } from '../../dashboard/model';

/** What the timeseries kind adds to a field's options (`custom`). Everything may be absent. */
export type TimeSeriesCustom = {
  drawStyle?: 'line' | 'bars' | 'points';
  lineInterpolation?: 'linear' | 'smooth' | 'stepBefore' | 'stepAfter';
  lineWidth?: number;
  lineStyle?: { fill?: 'solid' | 'dash' | 'dot'; dash?: number[] };
  fillOpacity?: number;
  fillBelowTo?: string;
  gradientMode?: 'none' | 'opacity' | 'hue' | 'scheme';
  showPoints?: 'auto' | 'always' | 'never' | true | false;
  showValues?: boolean;
  pointSize?: number;
  barAlignment?: -1 | 0 | 1;
  barWidthFactor?: number;
  barMaxWidth?: number;
  /** Lines cross missing values: always, never, or up to so many milliseconds. */
  spanNulls?: boolean | number;
  /** Lines end where the next point is further away than so many milliseconds. */
  insertNulls?: boolean | number;
  stacking?: { mode?: 'none' | 'normal' | 'percent'; group?: string | false };
  transform?: 'constant' | 'negative-Y';
  axisPlacement?: 'auto' | 'left' | 'right' | 'hidden' | 'top' | 'bottom';
  axisLabel?: string;
  axisWidth?: number;
  axisSoftMin?: number;
  axisSoftMax?: number;
  axisCenteredZero?: boolean;
  axisGridShow?: boolean;
  axisBorderShow?: boolean;
  axisColorMode?: 'text' | 'series';
  scaleDistribution?: {
    type?: 'linear' | 'log' | 'symlog' | 'ordinal';
    log?: number;
    linearThreshold?: number;
  };
  thresholdsStyle?: { mode?: ThresholdsMode };
  hideFrom?: { legend?: boolean; tooltip?: boolean; viz?: boolean };
  zIndex?: number;
};

export type ThresholdsMode = 'off' | 'line' | 'dashed' | 'area' | 'line+area' | 'dashed+area' | 'series';

export function customOf(config: FieldConfig): TimeSeriesCustom {
  return (config.custom ?? {}) as TimeSeriesCustom;
}
