/**
 * A dashboard as the server hands it out for drawing: Grafana's JSON of schema
 * version 42, whatever age its source has. The server keeps the source; what an
 * editor changes here is carried over to it when it is saved
 * (`internal/dashboard`). Keys that are not named here are kept, too.
 */
export type Dashboard = {
  uid: string;
  title: string;
  description?: string;
  tags?: string[];
  editable?: boolean;
  version?: number;
  schemaVersion?: number;
  timezone?: string;
  weekStart?: string;
  refresh?: string;
  liveNow?: boolean;
  /** 0: each panel for itself, 1: shared crosshair, 2: shared tooltip. */
  graphTooltip?: 0 | 1 | 2;
  time?: { from: string; to: string };
  timepicker?: {
    refresh_intervals?: string[];
    hidden?: boolean;
    nowDelay?: string;
    quick_ranges?: QuickRange[];
  };
  fiscalYearStartMonth?: number;
  annotations?: { list?: AnnotationQuery[] };
  templating?: { list?: Variable[] };
  links?: DashboardLink[];
  /** In reading order. Panels of an open row follow it; those of a collapsed one stand in its `panels`. */
  panels: Panel[];
  [unknownKey: string]: unknown;
};

export type QuickRange = { display: string; from: string; to: string };

export type DataSourceRef = { type?: string; uid?: string };

/** 24 columns; a row of the grid is 30 px with 8 px between. */
export type GridPos = { x: number; y: number; w: number; h: number; static?: boolean };

export type Panel = {
  /** Unique within the dashboard, also after repeats. */
  id: number;
  /** A key of `panels/registry.ts`, or one that Monopod does not know. */
  type: string;
  title?: string;
  description?: string;
  transparent?: boolean;
  gridPos: GridPos;
  datasource?: DataSourceRef | null;
  targets?: Target[];
  fieldConfig?: FieldConfigSource;
  options?: Record<string, unknown>;
  transformations?: Transformation[];
  links?: DataLink[];
  interval?: string;
  maxDataPoints?: number;
  timeFrom?: string;
  timeShift?: string;
  hideTimeOverride?: boolean;
  cacheTimeout?: string;
  repeat?: string;
  repeatDirection?: 'h' | 'v';
  maxPerRow?: number;
  /** Rows only. */
  collapsed?: boolean;
  panels?: Panel[];
  pluginVersion?: string;
  [unknownKey: string]: unknown;
};

export type Target = {
  refId: string;
  datasource?: DataSourceRef | null;
  hide?: boolean;
  /** Prometheus. */
  expr?: string;
  legendFormat?: string;
  interval?: string;
  intervalFactor?: number;
  instant?: boolean;
  range?: boolean;
  exemplar?: boolean;
  format?: string;
  [unknownKey: string]: unknown;
};

export type FieldConfigSource = { defaults: FieldConfig; overrides: FieldOverride[] };

export type FieldConfig = {
  displayName?: string;
  displayNameFromDS?: string;
  description?: string;
  unit?: string;
  decimals?: number | null;
  min?: number | null;
  max?: number | null;
  noValue?: string;
  color?: FieldColor;
  thresholds?: Thresholds;
  mappings?: ValueMapping[];
  links?: DataLink[];
  filterable?: boolean;
  /** What the panel's type adds. */
  custom?: Record<string, unknown>;
};

export type FieldColor = { mode?: string; fixedColor?: string; seriesBy?: 'min' | 'max' | 'last' };

/** The first step's value is null: from minus infinity on. */
export type Thresholds = {
  mode: 'absolute' | 'percentage';
  steps: { value: number | null; color: string }[];
};

export type ValueMapping =
  | { type: 'value'; options: Record<string, MappingResult> }
  | { type: 'range'; options: { from: number | null; to: number | null; result: MappingResult } }
  | { type: 'regex'; options: { pattern: string; result: MappingResult } }
  | {
      type: 'special';
      options: { match: 'true' | 'false' | 'null' | 'nan' | 'null+nan' | 'empty'; result: MappingResult };
    };

export type MappingResult = { text?: string; color?: string; icon?: string; index?: number };

/** `id` is `byName`, `byRegexp`, `byType`, `byFrameRefID`, `byValue`, `byNames`, … */
export type Matcher = { id: string; options?: unknown };

/** A property's `id` is a key of FieldConfig, or `custom.` and a key of what the panel adds. */
export type FieldOverride = { matcher: Matcher; properties: { id: string; value?: unknown }[] };

export type Transformation = {
  id: string;
  options: Record<string, unknown>;
  disabled?: boolean;
  filter?: Matcher;
  topic?: string;
};

export type DataLink = { title: string; url: string; targetBlank?: boolean; [unknownKey: string]: unknown };

export type VariableType =
  | 'query'
  | 'datasource'
  | 'custom'
  | 'interval'
  | 'textbox'
  | 'constant'
  | 'adhoc'
  | 'groupby'
  | 'switch'
  | 'system';

export type VariableValue = string | string[];

export type Variable = {
  name: string;
  type: VariableType;
  label?: string;
  description?: string;
  /** 0: shown, 1: without its label, 2: hidden. */
  hide?: 0 | 1 | 2;
  datasource?: DataSourceRef | null;
  query?: string | Record<string, unknown>;
  definition?: string;
  regex?: string;
  /** 0: never again, 1: when the dashboard opens, 2: when the time range changes. */
  refresh?: 0 | 1 | 2;
  /** 0: as they come; odd: ascending, even: descending; 1, 2 by text, 3, 4 by number, 5, 6 without case, 7, 8 naturally. */
  sort?: number;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string | null;
  allowCustomValue?: boolean;
  current?: { text?: VariableValue; value?: VariableValue; selected?: boolean };
  options?: { text: string; value: string; selected?: boolean }[];
  skipUrlSync?: boolean;
  /** Interval variables. */
  auto?: boolean;
  auto_count?: number;
  auto_min?: string;
  /** Ad hoc filters. */
  filters?: { key: string; operator: string; value: string; condition?: string }[];
  [unknownKey: string]: unknown;
};

export type AnnotationQuery = {
  name: string;
  enable: boolean;
  hide?: boolean;
  iconColor: string;
  datasource?: DataSourceRef | null;
  builtIn?: number;
  type?: string;
  expr?: string;
  step?: string;
  titleFormat?: string;
  textFormat?: string;
  tagKeys?: string;
  useValueForTime?: boolean;
  target?: Record<string, unknown>;
  filter?: { exclude?: boolean; ids?: number[] };
  [unknownKey: string]: unknown;
};

export type DashboardLink = {
  type: 'link' | 'dashboards';
  title: string;
  url?: string;
  tags?: string[];
  asDropdown?: boolean;
  icon?: string;
  tooltip?: string;
  includeVars?: boolean;
  keepTime?: boolean;
  targetBlank?: boolean;
};

/** How well Monopod draws a panel, and why not better. */
export type Verdict = { panelId: number; level: 'exact' | 'approximate' | 'unsupported'; reasons: string[] };
