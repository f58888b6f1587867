import './piechart.css';
import { useSignal } from '@preact/signals';
import { formatUnit } from '../../format/units';
import { textOn } from '../../frame/colors';
import { displayText } from '../../frame/display';
import type { FieldValue, ReduceOptions } from '../field-values';
import { textWidth } from '../fit-text';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { useFieldValues } from '../use-values';
import { linkProps } from '../value-links';
import { type Slice, sliceMiddle, slicePath, slicesOf } from './slices';
import { text } from './text';

export type PieOptions = {
  reduceOptions?: ReduceOptions;
  pieType?: 'pie' | 'donut';
  sort?: 'desc' | 'asc' | 'none';
  displayLabels?: ('name' | 'value' | 'percent')[];
  legend?: {
    showLegend?: boolean;
    displayMode?: 'list' | 'table' | 'hidden';
    placement?: 'bottom' | 'right';
    values?: ('value' | 'percent')[];
    width?: number;
  };
};

export function PieChartPanel(props: PanelProps) {
  const { panel, width, height } = props;
  const options = (panel.options ?? {}) as PieOptions;
  const all = useFieldValues(props);
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const pointed = useSignal<number | null>(null);
  const values = all.filter(({ display }) => !Number.isNaN(display.numeric));
  if (values.length === 0) return <NoData>{panel.fieldConfig?.defaults?.noValue}</NoData>;

  const shown = values.map((value) => (hidden.value.has(value.title) ? 0 : value.display.numeric));
  // In the order of all values, whichever are hidden, so that nothing moves under the pointer.
  const inFull = values.map(({ display }) => display.numeric);
  const slices = slicesOf(shown, options.sort ?? 'desc', inFull);
  const legend = options.legend ?? {};
  const hasLegend = legend.showLegend !== false && legend.displayMode !== 'hidden';
  const isTable = legend.displayMode === 'table';
  const isRight = legend.placement === 'right' && width > 240;
  const legendWidth = isRight
    ? Math.min(legend.width ?? Math.max(width * 0.42, Math.min(190, width * 0.5)), width * 0.6)
    : width;
  const legendHeight = isRight ? height : Math.min(height * 0.42, isTable ? 28 + values.length * 24 : 56);
  const size = hasLegend
    ? Math.min(isRight ? width - legendWidth - 8 : width, isRight ? height : height - legendHeight - 8)
    : Math.min(width, height);
  return (
    <div class={isRight ? 'pie is-right' : 'pie'} style={{ height: `${height}px` }}>
      <div class="pie-chart">
        {size > 16 && (
          <Pie
            values={values}
            slices={slices}
            size={size}
            options={options}
            pointed={pointed.value}
            onPoint={(index) => {
              pointed.value = index;
            }}
          />
        )}
      </div>
      {hasLegend && (
        <Legend
          values={values}
          slices={slices}
          isTable={isTable}
          columns={legend.values ?? []}
          hidden={hidden.value}
          pointed={pointed.value}
          style={
            isRight
              ? { width: `${legendWidth}px`, maxHeight: `${height}px` }
              : { maxHeight: `${legendHeight}px` }
          }
          onPoint={(index) => {
            pointed.value = index;
          }}
          onToggle={(title, adds) => {
            hidden.value = toggled(hidden.value, title, adds, values);
          }}
        />
      )}
    </div>
  );
}

/** As in graphs: a click shows one alone, with Ctrl it hides it or brings it back. */
function toggled(
  hidden: ReadonlySet<string>,
  title: string,
  adds: boolean,
  values: readonly FieldValue[],
): ReadonlySet<string> {
  if (adds) {
    const next = new Set(hidden);
    if (!next.delete(title)) next.add(title);
    return next;
  }
  const others = values.map((value) => value.title).filter((other) => other !== title);
  const isAlone = !hidden.has(title) && others.every((other) => hidden.has(other));
  return new Set(isAlone ? [] : others);
}

function percentText(share: number): string {
  const { text: number, suffix } = formatUnit('percentunit', share, share > 0 && share < 0.01 ? 1 : 0);
  return number + suffix;
}

type PieProps = {
  values: readonly FieldValue[];
  slices: readonly Slice[];
  size: number;
  options: PieOptions;
  pointed: number | null;
  onPoint(index: number | null): void;
};

function Pie({ values, slices, size, options, pointed, onPoint }: PieProps) {
  const center = size / 2;
  const radius = center - 4;
  const inner = options.pieType === 'donut' ? radius * 0.6 : 0;
  const labels = options.displayLabels ?? [];
  const fontSize = Math.max(9, Math.min(13, size / 16));
  const focused = pointed === null ? undefined : values[pointed];
  const summary = slices
    .filter(({ share }) => share > 0)
    .map(({ index, share }) => `${values[index]!.title} ${percentText(share)}`)
    .join(', ');
  return (
    <svg width={size} height={size} role="img" aria-label={`${text.value.pie}: ${summary}`}>
      {slices.map((slice) => {
        const value = values[slice.index]!;
        if (slice.share <= 0) return null;
        const { display, links, title } = value;
        const path = (
          <path
            class={pointed !== null && pointed !== slice.index ? 'pie-slice is-faint' : 'pie-slice'}
            d={slicePath(slice, pointed === slice.index ? radius + 3 : radius, inner, center)}
            fill={display.color}
            onPointerEnter={() => onPoint(slice.index)}
            onPointerLeave={() => onPoint(null)}
          >
            <title>{`${title}: ${displayText(display)} (${percentText(slice.share)})`}</title>
          </path>
        );
        const [link] = links;
        return link ? (
          <a key={slice.index} {...linkProps(link)}>
            {path}
          </a>
        ) : (
          <g key={slice.index}>{path}</g>
        );
      })}
      {labels.length > 0 &&
        slices.map((slice) => {
          const { display, title } = values[slice.index]!;
          const lines = labelLines(labels, title, displayText(display), slice.share);
          const at = inner > 0 ? (radius + inner) / 2 : radius * 0.66;
          const room =
            inner > 0
              ? Math.min(radius - inner, slice.share * 2 * Math.PI * at)
              : slice.share * 2 * Math.PI * at;
          const widest = Math.max(...lines.map((line) => textWidth(line, fontSize)));
          // A label that would run into its neighbours is left to the legend.
          if (
            slice.share < 0.02 ||
            widest > Math.max(room * 1.15, radius * 0.9) ||
            lines.length * fontSize > room * 2
          )
            return null;
          const [x, y] = sliceMiddle(slice, at, center);
          return (
            <text
              key={slice.index}
              class="pie-label"
              x={x}
              y={y - ((lines.length - 1) * fontSize * 1.15) / 2}
              fill={textOn(display.color)}
              font-size={fontSize}
              text-anchor="middle"
              dominant-baseline="central"
            >
              {lines.map((line, index) => (
                <tspan key={line} x={x} dy={index === 0 ? 0 : fontSize * 1.15}>
                  {line}
                </tspan>
              ))}
            </text>
          );
        })}
      {inner > 24 && focused && (
        <text class="pie-focused" x={center} y={center} text-anchor="middle" dominant-baseline="central">
          {displayText(focused.display)}
        </text>
      )}
    </svg>
  );
}

function labelLines(labels: readonly string[], name: string, value: string, share: number): string[] {
  const lines: string[] = [];
  if (labels.includes('name')) lines.push(name);
  if (labels.includes('value')) lines.push(value);
  if (labels.includes('percent')) lines.push(percentText(share));
  return lines;
}

type LegendProps = {
  values: readonly FieldValue[];
  slices: readonly Slice[];
  isTable: boolean;
  columns: readonly ('value' | 'percent')[];
  hidden: ReadonlySet<string>;
  pointed: number | null;
  style: Record<string, string>;
  onPoint(index: number | null): void;
  onToggle(title: string, adds: boolean): void;
};

function Legend({
  values,
  slices,
  isTable,
  columns,
  hidden,
  pointed,
  style,
  onPoint,
  onToggle,
}: LegendProps) {
  const shareOf = new Map(slices.map(({ index, share }) => [index, share]));
  const order = slices.map(({ index }) => index);
  const button = (index: number) => {
    const { title, display } = values[index]!;
    return (
      <button
        type="button"
        class={`pie-legend-name${hidden.has(title) ? ' is-hidden' : ''}${pointed === index ? ' is-pointed' : ''}`}
        aria-pressed={!hidden.has(title)}
        title={title}
        onClick={(event) => onToggle(title, event.ctrlKey || event.metaKey)}
        onPointerEnter={() => onPoint(index)}
        onPointerLeave={() => onPoint(null)}
      >
        <span class="pie-legend-mark" style={{ background: display.color }} />
        <span class="pie-legend-text">{title}</span>
      </button>
    );
  };
  const cell = (index: number, column: 'value' | 'percent') =>
    column === 'value' ? displayText(values[index]!.display) : percentText(shareOf.get(index) ?? 0);
  if (isTable) {
    return (
      <div class="pie-legend" style={style}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.value.name}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {text.value[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.map((index) => (
              <tr key={index}>
                <td>{button(index)}</td>
                {columns.map((column) => (
                  <td key={column}>{cell(index, column)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    );
  }
  return (
    <ul class="pie-legend is-list" style={style}>
      {order.map((index) => (
        <li key={index}>
          {button(index)}
          {columns.map((column) => (
            <span key={column} class="pie-legend-value">
              {cell(index, column)}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
