import type { FieldConfig } from '../dashboard/model';

/**
 * A table of columns: what a query answers, what transformations change and what
 * panels draw. All fields of a frame have its length.
 */
export type Frame = {
  refId?: string;
  name?: string;
  fields: Field[];
  length: number;
  meta?: FrameMeta;
};

export type FieldType = 'time' | 'number' | 'string' | 'boolean' | 'other';

type FieldBase = {
  name: string;
  labels?: Record<string, string>;
  /** As the source gave it; with the panel's field options and overrides after `applyFieldConfig`. */
  config: FieldConfig;
  /** Where `applyFieldConfig` left what is worked out from the config. Absent before. */
  state?: FieldState;
};

/** NaN stands for a value that is not there. Times are milliseconds since 1970. */
export type NumberField = FieldBase & { type: 'time' | 'number'; values: Float64Array };
export type OtherField = FieldBase & { type: 'string' | 'boolean' | 'other'; values: readonly unknown[] };
export type Field = NumberField | OtherField;

export type FieldState = {
  /** Unique within the panel: legend format, labels, overrides counted in. */
  displayName: string;
  /** Place in the palette, counted over all number fields of the panel. */
  seriesIndex: number;
  /** Least and greatest value, with the config's min and max before them. */
  range: { min: number; max: number };
};

export type FrameMeta = {
  /** What was asked after variables, macros and steps were put in. */
  executedQuery?: string;
  /** `timeseries-multi`, `numeric-multi`, `table`, `heatmap-cells`, `heatmap-rows`, `log-lines`, … */
  type?: string;
  /** How Explore and the editor like to show it. */
  preferredVisualization?: string;
  notices?: { severity: 'info' | 'warning' | 'error'; text: string }[];
  /** Milliseconds between points. */
  stepMilliseconds?: number;
  custom?: Record<string, unknown>;
};

export function isNumberField(field: Field): field is NumberField {
  return field.type === 'number';
}

export function isTimeField(field: Field): field is NumberField {
  return field.type === 'time';
}
