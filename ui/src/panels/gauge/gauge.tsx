import './gauge.css';
import { displayOf, displayText } from '../../frame/display';
import { theme } from '../../shell/theme';
import type { FieldValue, ReduceOptions } from '../field-values';
import { fontSizeFor } from '../fit-text';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { thresholdBands } from '../threshold-bands';
import { useFieldValues } from '../use-values';
import { type Orientation, valueGrid } from '../value-grid';
import { Linked } from '../value-links';
import { arcPath, gaugeLayout, pointAt } from './gauge-geometry';

export type GaugeOptions = {
  reduceOptions?: ReduceOptions;
  orientation?: Orientation;
  showThresholdLabels?: boolean;
  showThresholdMarkers?: boolean;
  sizing?: 'auto' | 'manual';
  minVizWidth?: number;
  minVizHeight?: number;
  text?: { titleSize?: number; valueSize?: number };
};

export function GaugePanel(props: PanelProps) {
  const options = (props.panel.options ?? {}) as GaugeOptions;
  const values = useFieldValues(props);
  if (values.length === 0) return <NoData>{props.panel.fieldConfig?.defaults?.noValue}</NoData>;
  const isManual = options.sizing === 'manual';
  const grid = valueGrid({
    count: values.length,
    width: props.width,
    height: props.height,
    orientation: options.orientation ?? 'auto',
    minWidth: isManual ? (options.minVizWidth ?? 75) : 40,
    minHeight: isManual ? (options.minVizHeight ?? 75) : 40,
  });
  const hasTitles = values.length > 1;
  return (
    <div class="gauge" style={{ height: `${props.height}px` }}>
      <div class="gauge-grid" style={{ width: `${grid.width}px`, height: `${grid.height}px` }}>
        {values.map((value, index) => {
          const { x, y, width, height } = grid.cells[index]!;
          return (
            <div key={index} class="gauge-cell" style={{ transform: `translate(${x}px, ${y}px)` }}>
              <Linked links={value.links} label={value.title} class="gauge-link">
                <Gauge
                  value={value}
                  width={width}
                  height={height}
                  hasTitle={hasTitles || Boolean(value.field.config.displayName)}
                  options={options}
                  timeZone={props.timeZone}
                />
              </Linked>
            </div>
          );
        })}
      </div>
    </div>
  );
}

type GaugeProps = {
  value: FieldValue;
  width: number;
  height: number;
  hasTitle: boolean;
  options: GaugeOptions;
  timeZone: string;
};

function Gauge({ value, width, height, hasTitle, options, timeZone }: GaugeProps) {
  const { display, title, field } = value;
  const hasBands = options.showThresholdMarkers !== false;
  const bands = thresholdBands(field, theme.value, display.color);
  // Labels around a ring this small would be larger than it.
  const hasMarks = options.showThresholdLabels === true && Math.min(width, height) >= 110;
  const marks = hasMarks ? labelsOf(value, timeZone) : [];
  const layout = gaugeLayout(width, height, {
    hasTitle,
    hasBands,
    hasLabels: marks.length > 0,
    titleSize: options.text?.titleSize,
  });
  const { centerX, centerY, radius, thickness } = layout;
  const share = Number.isNaN(display.numeric) ? 0 : Math.min(1, Math.max(0, display.percent));
  const text = displayText(display) || '–';
  const inner = (radius - thickness / 2) * 2;
  const valueSize =
    options.text?.valueSize ??
    fontSizeFor(text, inner * 0.86, inner * 0.5, { weight: 500, max: radius * 0.62 });
  return (
    <svg width={width} height={height} role="img" aria-label={`${title}: ${text}`}>
      <path class="gauge-track" d={arcPath(0, 1, radius, centerX, centerY)} stroke-width={thickness} />
      {share > 0 && (
        <path
          d={arcPath(0, share, radius, centerX, centerY)}
          fill="none"
          stroke={display.color}
          stroke-width={thickness}
        />
      )}
      {hasBands &&
        bands.map(({ from, to, color }) => (
          <path
            key={from}
            d={arcPath(from, to, layout.bandRadius, centerX, centerY)}
            fill="none"
            stroke={color}
            stroke-width={layout.bandThickness}
          />
        ))}
      {marks.map(({ at, label }) => {
        const [x, y] = pointAt(at, layout.bandRadius + layout.bandThickness / 2 + 7, centerX, centerY);
        const anchor = at < 0.4 ? 'end' : at > 0.6 ? 'start' : 'middle';
        return (
          <text key={at} class="gauge-mark" x={x} y={y} text-anchor={anchor} dominant-baseline="middle">
            {label}
          </text>
        );
      })}
      <text
        class="gauge-value"
        x={centerX}
        y={centerY}
        fill={display.color}
        font-size={valueSize}
        text-anchor="middle"
        dominant-baseline="central"
      >
        {text}
      </text>
      {hasTitle && (
        <text
          class="gauge-title"
          x={centerX}
          y={layout.titleY}
          font-size={layout.titleSize}
          text-anchor="middle"
        >
          {shortened(title, width, layout.titleSize)}
        </text>
      )}
    </svg>
  );
}

/** The ends and thresholds as texts around the ring. */
function labelsOf({ field }: FieldValue, timeZone: string): { at: number; label: string }[] {
  const show = displayOf(field, { timeZone, theme: theme.value });
  const { min, max } = field.state?.range ?? { min: 0, max: 100 };
  const isShare = field.config.thresholds?.mode === 'percentage';
  const steps = (field.config.thresholds?.steps ?? [])
    .map(({ value }) => value)
    .filter((value): value is number => typeof value === 'number')
    .map((value) => (isShare ? min + ((max - min) * value) / 100 : value))
    .filter((value) => value > min && value < max);
  const plain = (value: number) => {
    const { prefix, text, suffix } = show(value);
    return prefix + text + suffix;
  };
  return [min, ...steps, max].map((value) => ({ at: (value - min) / (max - min || 1), label: plain(value) }));
}

function shortened(title: string, width: number, fontSize: number): string {
  const room = Math.max(3, Math.floor(width / (fontSize * 0.55)));
  return title.length <= room ? title : `${title.slice(0, room - 1)}…`;
}
