import type { AnnotationMark } from '../panels/plugin';
import type { Theme } from '../shell/theme';
import type { Zone } from '../time/zone';
import type { Distribution } from './scale';

/** Curves, bars or points over time. Compared by identity: hand in the same object and nothing is worked out anew. */
export type GraphSeries = {
  /** Unique within a graph, and the identity of the series across refreshes. */
  id: string;
  label: string;
  /** `#rrggbb` */
  color: string;
  /** Milliseconds, ascending. Series of one frame share the array. */
  times: Float64Array;
  /** As they were answered, and as legend and tooltip show them; NaN where there is none. */
  values: Float64Array;
  /** Multiplies what is drawn: -1 mirrors. */
  factor: number;
  /** A place in the graph's `scales`. */
  scale: number;
  style: SeriesStyle;
  /** Series that are stacked on each other name the same one. */
  stack?: { group: string; isPercent: boolean };
  /** The id of the series down to which the area is filled. */
  fillTo?: string;
  /** Never drawn; legend and tooltip may still have it. */
  isInvisible?: boolean;
  isInTooltip: boolean;
  /** What a value means in words. */
  format(value: number): string;
};

export type SeriesStyle = {
  draw: 'line' | 'bars' | 'points';
  interpolation: 'linear' | 'smooth' | 'stepBefore' | 'stepAfter';
  lineWidth: number;
  /** Lengths of line and gap in turn; empty: solid. */
  dash: readonly number[];
  /** 0 to 1. */
  fillOpacity: number;
  /** How colour changes over the value. `scheme` needs `colorAt`. */
  gradient: 'none' | 'opacity' | 'hue' | 'scheme';
  /** Colours by value, ascending: bands where `isStepped`, otherwise a gradient. */
  scheme?: { stops: readonly { value: number; color: string }[]; isStepped: boolean };
  points: 'auto' | 'always' | 'never';
  pointSize: number;
  /** Lines cross a hole of missing values up to this many milliseconds. */
  connectUpTo: number;
  /** Lines end where the next point is further away than this many milliseconds. */
  breakBeyond: number;
  barAlignment: -1 | 0 | 1;
  /** Part of the distance between points. */
  barWidth: number;
  barMaxWidth: number;
  showsValues: boolean;
};

export const plainStyle: SeriesStyle = {
  draw: 'line',
  interpolation: 'linear',
  lineWidth: 1,
  dash: [],
  fillOpacity: 0,
  gradient: 'none',
  points: 'auto',
  pointSize: 5,
  connectUpTo: 0,
  breakBeyond: Number.POSITIVE_INFINITY,
  barAlignment: 0,
  barWidth: 0.6,
  barMaxWidth: 200,
  showsValues: false,
};

/** One axis of values and what lies along it. */
export type ValueScale = {
  distribution: Distribution;
  /** Ends for data between two values, or for none (`null`). */
  range(dataMin: number | null, dataMax: number | null): [min: number, max: number];
  increments: readonly number[];
  /** Least distance between ticks in pixels. */
  tickSpace?: number;
  format(ticks: readonly number[]): string[];
  /** `null`: the axis is hidden. */
  axis: ValueAxis | null;
};

export type ValueAxis = {
  side: 'left' | 'right';
  label?: string;
  /** Pixels, for graphs that shall align. */
  width?: number;
  hasGrid: boolean;
  hasBorder: boolean;
  color?: string;
};

/** A line or an area across the graph. */
export type GraphThreshold =
  | { kind: 'line'; scale: number; value: number; color: string; dash: readonly number[] }
  | { kind: 'area'; scale: number; from: number; to: number; color: string };

export type TooltipOptions = {
  mode: 'single' | 'multi' | 'none';
  sort: 'none' | 'asc' | 'desc';
  hidesZeros: boolean;
  maxWidth?: number;
  maxHeight?: number;
};

/** Single measurements of what a histogram or counter counted. */
export type ExemplarMark = { time: number; value: number; scale: number; labels: Record<string, string> };

/** What is drawn, apart from who watches it and with what. */
export type Graph = {
  series: readonly GraphSeries[];
  scales: readonly ValueScale[];
  thresholds: readonly GraphThreshold[];
  exemplars: readonly ExemplarMark[];
  hasTimeAxis: boolean;
};

export type GraphState = {
  graph: Graph;
  /** Milliseconds. */
  window: { from: number; to: number };
  annotations: readonly AnnotationMark[];
  hidden: ReadonlySet<string>;
  theme: Theme;
  zone: Zone;
  tooltip: TooltipOptions;
  crosshair?: { group: string; mode: 'crosshair' | 'tooltip' };
  onZoom?(from: number, to: number): void;
  onZoomOut?(): void;
  /** Shift-drag. */
  onAnnotate?(from: number, to: number): void;
  /** The point under the cursor in words, for a live region; empty when there is none. */
  onAnnounce?(text: string): void;
  /** What can be done with a value, in a tooltip that was clicked to stay. */
  actionsFor?(series: GraphSeries, index: number): readonly TooltipAction[];
  moreText(count: number): string;
};

/** A link where it has an address, otherwise a button. */
export type TooltipAction = { text: string; href?: string; isNewTab?: boolean; act?(): void };
