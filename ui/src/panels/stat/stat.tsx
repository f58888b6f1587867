import './stat.css';
import { useMemo } from 'preact/hooks';
import { sparklinePaths } from '../../components/sparkline';
import { formatUnit } from '../../format/units';
import { hexOf, hslOf, mixColors, rgbOfHsl, textOn } from '../../frame/colors';
import { theme } from '../../shell/theme';
import type { FieldValue, ReduceOptions } from '../field-values';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { useFieldValues } from '../use-values';
import { type Orientation, valueGrid } from '../value-grid';
import { Linked } from '../value-links';
import { commonLayouts, type StatLayout, statLayout } from './stat-layout';

export type StatOptions = {
  reduceOptions?: ReduceOptions;
  orientation?: Orientation;
  textMode?: 'auto' | 'value' | 'value_and_name' | 'name' | 'none';
  colorMode?: 'none' | 'value' | 'background' | 'background_solid';
  graphMode?: 'none' | 'area' | 'line';
  justifyMode?: 'auto' | 'center';
  wideLayout?: boolean;
  showPercentChange?: boolean;
  percentChangeColorMode?: 'standard' | 'inverted' | 'same_as_value';
  text?: { titleSize?: number; valueSize?: number };
};

export function StatPanel(props: PanelProps) {
  const options = (props.panel.options ?? {}) as StatOptions;
  const values = useFieldValues(props, options.showPercentChange === true);
  const grid = valueGrid({
    count: values.length,
    width: props.width,
    height: props.height,
    orientation: options.orientation ?? 'auto',
    gap: 4,
    minHeight: 16,
  });
  const contents = values.map((value) => contentOf(value, values.length, options));
  const layouts = commonLayouts(
    contents.map((content, index) =>
      statLayout(content, grid.cells[index]!.width, grid.cells[index]!.height),
    ),
  );
  if (values.length === 0) return <NoData>{props.panel.fieldConfig?.defaults?.noValue}</NoData>;
  const isScrolled = grid.height > props.height + 1 || grid.width > props.width + 1;
  return (
    <div class={isScrolled ? 'stat is-scrolled' : 'stat'} style={{ height: `${props.height}px` }}>
      <div class="stat-grid" style={{ width: `${grid.width}px`, height: `${grid.height}px` }}>
        {values.map((value, index) => {
          const { x, y, width, height } = grid.cells[index]!;
          return (
            <div
              key={index}
              class="stat-cell"
              style={{ transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` }}
            >
              <Stat
                value={value}
                content={contents[index]!}
                layout={layouts[index]!}
                options={options}
                height={height}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function contentOf(value: FieldValue, count: number, options: StatOptions) {
  const mode = options.textMode ?? 'auto';
  const showsName = mode === 'name' || mode === 'value_and_name' || (mode === 'auto' && count > 1);
  const showsValue = mode !== 'name' && mode !== 'none';
  const { prefix, text, suffix } = value.display;
  const { change } = value;
  const written =
    change !== undefined && Number.isFinite(change) ? formatUnit('percentunit', Math.abs(change)) : null;
  return {
    title: showsName ? value.title : '',
    prefix: showsValue ? prefix : '',
    text: showsValue ? text || '–' : '',
    suffix: showsValue ? suffix : '',
    change:
      showsValue && written
        ? `${change! < 0 ? '↓' : change! > 0 ? '↑' : ''} ${written.text}${written.suffix}`
        : '',
    hasChart: (options.graphMode ?? 'area') !== 'none' && (value.series?.length ?? 0) > 1,
    wideLayout: options.wideLayout !== false,
    titleSize: options.text?.titleSize,
    valueSize: options.text?.valueSize,
  };
}

type StatProps = {
  value: FieldValue;
  content: ReturnType<typeof contentOf>;
  layout: StatLayout;
  options: StatOptions;
  height: number;
};

function Stat({ value, content, layout, options, height }: StatProps) {
  const { color } = value.display;
  const mode = options.colorMode ?? 'value';
  const hasBackground = mode === 'background' || mode === 'background_solid';
  const isOpaque = color.length === 7;
  const background = hasBackground && isOpaque ? backgroundOf(color, mode === 'background') : undefined;
  const foreground = background ? textOn(color) : undefined;
  const valueColor = background ? foreground : mode === 'value' && isOpaque ? color : undefined;
  const curve = background ? foreground! : isOpaque ? color : 'var(--text-3)';
  const isCentered = options.justifyMode === 'center' || content.title === '';
  const classes = ['stat-value-box'];
  if (layout.isWide) classes.push('is-wide');
  if (isCentered) classes.push('is-centered');
  if (layout.chartHeight > 0) classes.push('has-chart');
  return (
    <Linked links={value.links} label={value.title} class="stat-link">
      <div
        class={classes.join(' ')}
        style={{ padding: `${layout.padding}px`, background, color: foreground, height: `${height}px` }}
      >
        {layout.chartHeight > 0 && (
          <Curve value={value} color={curve} height={layout.chartHeight} isFaint={background !== undefined} />
        )}
        {content.title !== '' && (
          <div
            class="stat-title"
            title={content.title}
            style={{ fontSize: `${layout.titleSize}px`, color: content.text === '' ? valueColor : undefined }}
          >
            {content.title}
          </div>
        )}
        {content.text !== '' && (
          <div class="stat-numbers">
            <div class="stat-value" style={{ fontSize: `${layout.valueSize}px`, color: valueColor }}>
              {value.display.icon && <ValueIcon icon={value.display.icon} />}
              {content.prefix && <span style={{ fontSize: `${layout.unitSize}px` }}>{content.prefix}</span>}
              {content.text}
              {content.suffix && <span style={{ fontSize: `${layout.unitSize}px` }}>{content.suffix}</span>}
            </div>
            {content.change !== '' && (
              <div
                class={`stat-change ${changeClass(value.change!, options, background !== undefined)}`}
                style={{ fontSize: `${layout.changeSize}px` }}
              >
                {content.change}
              </div>
            )}
          </div>
        )}
      </div>
    </Linked>
  );
}

/** Icons of mappings are pictures of a site; those that are not of this one the browser refuses by the policy. */
function ValueIcon({ icon }: { icon: string }) {
  return <img class="stat-icon" src={icon} alt="" />;
}

function changeClass(change: number, options: StatOptions, onColor: boolean): string {
  const mode = options.percentChangeColorMode ?? 'standard';
  if (mode === 'same_as_value' || onColor || change === 0) return '';
  return change > 0 === (mode === 'standard') ? 'is-good' : 'is-bad';
}

function backgroundOf(color: string, isGradient: boolean): string {
  if (!isGradient) return color;
  const [hue, saturation, lightness] = hslOf(color);
  const darker = hexOf(rgbOfHsl((hue + 8) % 360, saturation, Math.max(0.08, lightness - 0.12)));
  return `linear-gradient(120deg, ${darker}, ${mixColors(color, '#ffffff', 0.04)})`;
}

function Curve({
  value,
  color,
  height,
  isFaint,
}: {
  value: FieldValue;
  color: string;
  height: number;
  isFaint: boolean;
}) {
  const { min, max } = value.field.config;
  const series = value.series!;
  const { line, area } = useMemo(() => {
    const [low, high] = [min ?? extreme(series, Math.min), max ?? extreme(series, Math.max)];
    return sparklinePaths(series, low, high);
  }, [series, min, max]);
  const isDark = theme.value === 'dark';
  return (
    <svg
      class="stat-curve"
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ height: `${height}px` }}
    >
      <path d={area} fill={color} opacity={isFaint ? 0.16 : isDark ? 0.2 : 0.14} />
      <path
        d={line}
        fill="none"
        stroke={color}
        stroke-width="1.5"
        vector-effect="non-scaling-stroke"
        opacity={isFaint ? 0.6 : 0.9}
      />
    </svg>
  );
}

function extreme(values: Float64Array, choose: (a: number, b: number) => number): number | undefined {
  let found: number | undefined;
  for (const value of values) {
    if (Number.isFinite(value)) found = found === undefined ? value : choose(found, value);
  }
  return found;
}
