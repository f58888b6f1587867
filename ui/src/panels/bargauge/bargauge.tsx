import './bargauge.css';
import { displayText } from '../../frame/display';
import type { FieldValue, ReduceOptions } from '../field-values';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { useFieldValues } from '../use-values';
import { type Orientation, valueGrid } from '../value-grid';
import { Linked } from '../value-links';
import { Bar, type BarMode } from './bar';
import { type BarLayout, barLayout } from './bargauge-layout';

export type BarGaugeOptions = {
  reduceOptions?: ReduceOptions;
  orientation?: Orientation;
  displayMode?: BarMode;
  valueMode?: 'color' | 'text' | 'hidden';
  namePlacement?: 'auto' | 'top' | 'left' | 'hidden';
  showUnfilled?: boolean;
  sizing?: 'auto' | 'manual';
  minVizWidth?: number;
  minVizHeight?: number;
  maxVizHeight?: number;
  text?: { titleSize?: number; valueSize?: number };
};

export function BarGaugePanel(props: PanelProps) {
  const options = (props.panel.options ?? {}) as BarGaugeOptions;
  const values = useFieldValues(props);
  if (values.length === 0) return <NoData>{props.panel.fieldConfig?.defaults?.noValue}</NoData>;
  const asked = options.orientation ?? 'auto';
  const orientation = asked === 'auto' ? (props.width > props.height ? 'vertical' : 'horizontal') : asked;
  const isManual = options.sizing === 'manual';
  const isVertical = orientation === 'vertical';
  const grid = valueGrid({
    count: values.length,
    width: props.width,
    height: props.height,
    orientation,
    gap: isVertical ? 8 : Math.min(8, Math.max(2, props.height / values.length / 6)),
    minWidth: isVertical ? (isManual ? (options.minVizWidth ?? 8) : 8) : 0,
    minHeight: isVertical ? 0 : isManual ? (options.minVizHeight ?? 16) : 16,
    maxHeight: isVertical || !isManual ? undefined : options.maxVizHeight,
  });
  const cell = grid.cells[0]!;
  const layout = barLayout({
    width: cell.width,
    height: cell.height,
    orientation,
    names: values.map(({ title }) => title),
    values: values.map(({ display }) => displayText(display)),
    // A single bar needs no name; it has the panel's title.
    namePlacement:
      values.length === 1 && !values[0]!.field.config.displayName
        ? 'hidden'
        : (options.namePlacement ?? 'auto'),
    hidesValue: options.valueMode === 'hidden',
    titleSize: options.text?.titleSize,
    valueSize: options.text?.valueSize,
  });
  return (
    <div class="bargauge" style={{ height: `${props.height}px` }}>
      <ul class="bargauge-grid" style={{ width: `${grid.width}px`, height: `${grid.height}px` }}>
        {values.map((value, index) => {
          const { x, y, width, height } = grid.cells[index]!;
          return (
            <li
              key={index}
              class="bargauge-cell"
              style={{ transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` }}
            >
              <Linked
                links={value.links}
                label={value.title}
                class={`bargauge-item is-${isVertical ? 'vertical' : layout.namePlace}`}
              >
                <BarItem value={value} layout={layout} isVertical={isVertical} options={options} />
              </Linked>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function BarItem({
  value,
  layout,
  isVertical,
  options,
}: {
  value: FieldValue;
  layout: BarLayout;
  isVertical: boolean;
  options: BarGaugeOptions;
}) {
  const { display, title } = value;
  const valueMode = options.valueMode ?? 'color';
  const name = layout.namePlace !== 'hidden' && (
    <span
      class="bargauge-name"
      title={title}
      style={{
        fontSize: `${layout.nameSize}px`,
        ...(layout.namePlace === 'left'
          ? { width: `${layout.nameRoom}px` }
          : { height: `${layout.nameRoom}px` }),
      }}
    >
      {title}
    </span>
  );
  const number = valueMode !== 'hidden' && (
    <span
      class="bargauge-value"
      style={{
        fontSize: `${layout.valueSize}px`,
        color: valueMode === 'color' ? display.color : undefined,
        ...(isVertical ? { height: `${layout.valueRoom}px` } : { width: `${layout.valueRoom}px` }),
      }}
    >
      {displayText(display) || '–'}
    </span>
  );
  const bar = (
    <Bar
      display={display}
      field={value.field}
      mode={options.displayMode ?? 'gradient'}
      isVertical={isVertical}
      length={layout.length}
      thickness={layout.thickness}
      showsUnfilled={options.showUnfilled !== false}
    />
  );
  if (isVertical) {
    return (
      <>
        {number}
        {bar}
        {name}
      </>
    );
  }
  return (
    <>
      {name}
      <span class="bargauge-line">
        {bar}
        {number}
      </span>
    </>
  );
}
