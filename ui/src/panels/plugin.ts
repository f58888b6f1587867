import type { ComponentType } from 'preact';
import type { IconName } from '../components/icon';
import type { FieldConfig, Panel } from '../dashboard/model';
import type { Frame } from '../frame/frame';

/** What a panel is given to draw. It keeps to its width and height. */
export type PanelProps = {
  panel: Panel;
  /** After transformations, with field options and overrides applied. The same array as long as nothing changed. */
  frames: readonly Frame[];
  /** There is an older answer in `frames` while a newer one is asked for. */
  loading: boolean;
  window: PanelWindow;
  /** IANA name, `utc` or `browser`. */
  timeZone: string;
  width: number;
  height: number;
  annotations: readonly AnnotationMark[];
  /** Panels with the same group share crosshair or tooltip; absent: they do not. */
  crosshair?: { group: string; mode: 'crosshair' | 'tooltip' };
  context: PanelContext;
};

/** Milliseconds. */
export type PanelWindow = { from: number; to: number };

/** What a panel may ask of the dashboard around it. */
export type PanelContext = {
  /**
   * Puts variables into a text: those of the dashboard, of the repeat, and those
   * given (`__value.raw`, `__field.labels.x`, …). `format` is the one for
   * variables that name none.
   */
  interpolate(text: string, scoped?: Record<string, unknown>, format?: string): string;
  /** Zooms the dashboard. Absent where it cannot (a panel of its own time). */
  zoomTo?(window: PanelWindow): void;
  zoomOut?(): void;
  /** Adds a filter to the dashboard's ad hoc variable of the data source. */
  addFilter?(key: string, value: string, operator: '=' | '!='): void;
  /** Opens the form for an annotation at a time. Absent for those who may not. */
  annotate?(window: PanelWindow): void;
  /** In the editor: the panel itself changes an option (a column's width, a hidden series). */
  changeOptions?(change: (panel: Panel) => Panel): void;
};

/** An annotation as drawn. */
export type AnnotationMark = {
  id?: number;
  /** Milliseconds; a region where `timeEnd` is later. */
  time: number;
  timeEnd?: number;
  title?: string;
  text: string;
  tags: readonly string[];
  color: string;
  /** Which query it comes from. */
  source: string;
};

/**
 * A kind of panel. Each is a chunk of its own behind `registry.ts`. The editor
 * builds its forms from the options listed here.
 */
export type PanelPlugin = {
  component: ComponentType<PanelProps>;
  /** Options of `panel.options`. */
  options: OptionDescriptor[];
  /** Options of `fieldConfig.defaults.custom`, for all fields and in overrides. */
  fieldOptions: OptionDescriptor[];
  /** Which of the standard field options make no sense here. */
  hiddenStandardOptions?: (keyof FieldConfig)[];
  /** What a new panel begins with. */
  defaults: { options: Record<string, unknown>; fieldConfig: FieldConfig };
  /** Draws without any query (text, lists), and so has no fields with options. */
  needsNoData?: boolean;
};

/** One entry of a form. `path` is below `options` or `custom`, dots between: `legend.displayMode`. */
export type OptionDescriptor = {
  path: string;
  name: [english: string, korean: string];
  category?: [english: string, korean: string];
  help?: [english: string, korean: string];
  defaultValue?: unknown;
  /** Shown only while this holds of the object that `path` is below. */
  showIf?(options: Record<string, unknown>): boolean;
} & OptionInput;

export type OptionInput =
  | { input: 'switch' }
  | { input: 'number'; min?: number; max?: number; step?: number; integer?: boolean; placeholder?: string }
  | { input: 'slider'; min: number; max: number; step: number }
  | { input: 'text'; multiline?: boolean; placeholder?: string }
  /** `radio` for a few short choices, `select` for more. */
  | { input: 'radio' | 'select' | 'multiselect'; choices: Choice[] }
  /** A reducer's id, or several (`format/reducers.ts`). */
  | { input: 'reducers'; several: boolean }
  | { input: 'unit' }
  | { input: 'color' }
  | { input: 'fieldName'; several?: boolean; type?: 'number' | 'time' | 'string' }
  | { input: 'markdown' };

export type Choice = { value: string | number | boolean; name: [english: string, korean: string] };

/** What the list of panel kinds shows before a plugin is loaded. */
export type PanelKind = {
  type: string;
  name: [english: string, korean: string];
  icon: IconName;
  load(): Promise<PanelPlugin>;
};
