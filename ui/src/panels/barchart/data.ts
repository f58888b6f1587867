import type { TooltipAction } from '../../chart/graph-model';
import { displayOf, displayText, isColoredByValue, seriesColor } from '../../frame/display';
import type { Field, Frame, NumberField } from '../../frame/frame';
import { displayName } from '../../frame/names';
import type { BarLayout, BarModel, BarSeries } from '../bars/model';
import { type ScaleOptions, ScaleSet } from '../graph-scales';
import { customOf } from '../timeseries/custom';

export type BarChartInput = {
  frames: readonly Frame[];
  xField?: string;
  colorByField?: string;
  layout: BarLayout;
  actionsFor(field: Field, frame: Frame, row: number): readonly TooltipAction[];
};

type Part = { frame: Frame; x: Field; rows: Map<string, number> };

/** Bars of every number, by the names or times beside them. Frames are joined by these. */
export function barChartModel(input: BarChartInput, options: ScaleOptions): BarModel {
  const parts: Part[] = [];
  const places = new Map<string, number>();
  const categories: string[] = [];
  for (const frame of input.frames) {
    const x = categoryField(frame, input.xField);
    if (!x) continue;
    const display = displayOf(x, options);
    const rows = new Map<string, number>();
    for (let row = 0; row < frame.length; row++) {
      // Rows of one name stay apart within a frame, and meet those of other frames in their order.
      let key = String(x.values[row]);
      while (rows.has(key)) key += '\n';
      rows.set(key, row);
      if (places.has(key)) continue;
      places.set(key, categories.length);
      categories.push(displayText(display(x.values[row])));
    }
    parts.push({ frame, x, rows });
  }
  const scales = new ScaleSet(options);
  const series = parts.flatMap((part) =>
    part.frame.fields
      .filter((field): field is NumberField => field.type === 'number' && field !== part.x)
      .filter(
        (field) => customOf(field.config).hideFrom?.viz !== true && displayName(field) !== input.colorByField,
      )
      .map((field) => seriesOf(field, part, places, scales, input, options)),
  );
  return { categories, series, scales: scales.scales, thresholds: scales.thresholds() };
}

function categoryField({ fields }: Frame, wanted: string | undefined): Field | undefined {
  const named = wanted
    ? fields.find((field) => field.name === wanted || displayName(field) === wanted)
    : undefined;
  return (
    named ??
    fields.find(({ type }) => type === 'string') ??
    fields.find(({ type }) => type === 'time') ??
    fields.find(({ type }) => type === 'boolean')
  );
}

function seriesOf(
  field: NumberField,
  { frame, rows }: Part,
  places: ReadonlyMap<string, number>,
  scales: ScaleSet,
  { layout, colorByField, actionsFor }: BarChartInput,
  options: ScaleOptions,
): BarSeries {
  const custom = customOf(field.config);
  const display = displayOf(field, options);
  const values = new Float64Array(places.size).fill(Number.NaN);
  const rowAt = new Int32Array(places.size).fill(-1);
  for (const [key, row] of rows) {
    const place = places.get(key)!;
    values[place] = field.values[row]!;
    rowAt[place] = row;
  }
  const label = displayName(field);
  const stacking = {
    mode: layout === 'percent' ? 'percent' : layout === 'stacked' ? 'normal' : 'none',
  } as const;
  const onScale: NumberField = {
    ...field,
    config: { ...field.config, custom: { ...custom, drawStyle: 'bars', stacking } },
  };
  const colorField = frame.fields.find(
    (other) => other.name === colorByField || displayName(other) === colorByField,
  );
  const colorOf = colorField && displayOf(colorField, options);
  return {
    id: label,
    label,
    color: seriesColor(field, options.theme),
    colorAt: colorOf
      ? (category) => colorOf(colorField.values[rowAt[category]!]).color
      : isColoredByValue(field) || field.config.mappings?.length
        ? (category) => display(values[category]).color
        : undefined,
    scale: scales.indexFor(onScale),
    values,
    fillOpacity: (custom.fillOpacity ?? 80) / 100,
    lineWidth: custom.lineWidth ?? 1,
    gradient: custom.gradientMode ?? 'none',
    isInTooltip: custom.hideFrom?.tooltip !== true,
    format: (value) => displayText(display(value)),
    actionsAt: (category) => (rowAt[category]! >= 0 ? actionsFor(field, frame, rowAt[category]!) : []),
  };
}
