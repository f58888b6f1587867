import './cell.css';
import type { ComponentChildren } from 'preact';
import { IconButton } from '../../components/button';
import { sparklinePaths } from '../../components/sparkline';
import { classicColorOfName, mixColors, namedColor, textOn, withOpacity } from '../../frame/colors';
import { cellOf } from '../../frame/columns';
import { type DisplayValue, displayText } from '../../frame/display';
import type { Frame } from '../../frame/frame';
import { type LinkContext, safeImage, valueLinks } from '../../frame/links';
import { mapValue } from '../../frame/mappings';
import { theme } from '../../shell/theme';
import { Bar, type BarMode } from '../bargauge/bar';
import { textWidth } from '../fit-text';
import { Linked, linkProps } from '../value-links';
import type { Column } from './table-model';
import { text } from './text';

export type CellProps = {
  column: Column;
  frame: Frame;
  row: number;
  width: number;
  height: number;
  /** Pixels that the longest value of a bar's column takes. */
  valueRoom: number;
  context: LinkContext;
  rowColor?: string;
  onInspect(value: string): void;
  onFilter?(key: string, value: string, operator: '=' | '!='): void;
};

/** One cell, drawn as its column's options say. */
export function Cell(props: CellProps) {
  const { column, frame, row, width, rowColor } = props;
  const { cell, field, align } = column;
  const raw = cellOf(field, row);
  const display = column.show(raw);
  const shown = displayText(display);
  const wraps = cell.wrapText || column.options.wrapText;
  const classes = ['table-cell', `is-${align}`];
  if (wraps) classes.push('is-wrapped');
  let style: Record<string, string> = { width: `${width}px` };
  if (rowColor) style = { ...style, color: textOn(rowColor) };
  if (cell.type === 'color-text' && display.color.length === 7) style.color = display.color;
  if (cell.type === 'color-background' && display.color.length === 7 && !cell.applyToRow) {
    style.background = backgroundOf(display.color, cell.mode === 'gradient');
    style.color = textOn(display.color);
  }
  const links = valueLinks(field, frame, display, row, props.context);
  return (
    <div
      role="cell"
      class={classes.join(' ')}
      style={style}
      title={wraps ? undefined : plainTitle(raw, shown)}
    >
      {cell.type === 'data-links' ? (
        <span class="table-cell-links">
          {links.map((link) => (
            <a key={link.href + link.title} {...linkProps(link)}>
              {link.title}
            </a>
          ))}
        </span>
      ) : (
        <Linked links={links} label={text.value.links} class="table-cell-content">
          <Content {...props} raw={raw} display={display} shown={shown} />
        </Linked>
      )}
      <Actions {...props} raw={raw} shown={shown} />
    </div>
  );
}

type ContentProps = CellProps & { raw: unknown; display: DisplayValue; shown: string };

function Content({ column, raw, display, shown, width, height, valueRoom }: ContentProps): ComponentChildren {
  const { cell, field } = column;
  switch (cell.type) {
    case 'gauge': {
      const mode = cell.valueDisplayMode ?? 'color';
      const room = mode === 'hidden' ? 0 : Math.min(valueRoom, (width - 16) * 0.6);
      return (
        <span class="table-cell-bar">
          <Bar
            display={display}
            field={field}
            mode={(cell.mode ?? 'gradient') as BarMode}
            isVertical={false}
            length={Math.max(4, width - 16 - room)}
            thickness={Math.max(4, height - 12)}
            showsUnfilled={cell.mode !== 'basic'}
          />
          {mode !== 'hidden' && (
            <span style={{ width: `${room}px`, color: mode === 'color' ? display.color : undefined }}>
              {shown}
            </span>
          )}
        </span>
      );
    }
    case 'sparkline':
      return <SparklineCell raw={raw} column={column} width={width} height={height} />;
    case 'json-view':
      return <code class="table-cell-json">{jsonText(raw)}</code>;
    case 'image': {
      const source = safeImage(String(raw ?? ''));
      return source ? <img class="table-cell-image" src={source} alt="" loading="lazy" /> : shown;
    }
    case 'pill':
      return <Pills raw={raw} column={column} />;
    default:
      return (
        <>
          {display.icon && <img class="table-cell-icon" src={display.icon} alt="" />}
          {shown}
        </>
      );
  }
}

function plainTitle(raw: unknown, shown: string): string | undefined {
  return shown.length > 12 || typeof raw === 'object' ? shown || undefined : undefined;
}

function jsonText(raw: unknown): string {
  if (typeof raw !== 'string') return JSON.stringify(raw) ?? '';
  try {
    return JSON.stringify(JSON.parse(raw), null, ' ');
  } catch {
    return raw;
  }
}

export function backgroundOf(color: string, isGradient: boolean): string {
  if (!isGradient) return color;
  return `linear-gradient(120deg, ${mixColors(color, '#000000', 0.16)}, ${color})`;
}

function Pills({ raw, column }: { raw: unknown; column: Column }) {
  const texts = (Array.isArray(raw) ? raw : pillTexts(String(raw ?? ''))).map(String).filter(Boolean);
  const { color, mappings } = column.field.config;
  return (
    <span class="table-cell-pills">
      {texts.map((one) => {
        const mapped = mapValue(mappings ?? [], one);
        const chosen = mapped?.color
          ? namedColor(mapped.color, theme.value)
          : color?.mode === 'fixed'
            ? namedColor(color.fixedColor, theme.value)
            : classicColorOfName(one, theme.value);
        return (
          <span key={one} class="table-cell-pill" style={{ background: withOpacity(chosen, 0.22) }}>
            {mapped?.text ?? one}
          </span>
        );
      })}
    </span>
  );
}

function pillTexts(value: string): string[] {
  if (value.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(value);
      if (Array.isArray(list)) return list.map(String);
    } catch {
      return [value];
    }
  }
  return value.split(',').map((part) => part.trim());
}

/** A series within a cell: a frame of time and value, or a plain list of numbers. */
function SparklineCell({
  raw,
  column,
  width,
  height,
}: {
  raw: unknown;
  column: Column;
  width: number;
  height: number;
}) {
  const values = seriesOf(raw);
  if (!values || values.length === 0) return null;
  const last = lastNumber((raw as { value?: unknown }).value, values);
  const display = column.show(last);
  const shown = displayText(display);
  const room = Math.min(width * 0.5, textWidth(shown, 13) + 10);
  const { min, max } = column.field.config;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const { line, area } = sparklinePaths(values, min ?? low, max ?? high);
  return (
    <span class="table-cell-bar">
      <svg
        width={Math.max(8, width - 16 - room)}
        height={height - 8}
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={area} fill={display.color} opacity="0.15" />
        <path
          d={line}
          fill="none"
          stroke={display.color}
          stroke-width="1.5"
          vector-effect="non-scaling-stroke"
        />
      </svg>
      <span style={{ width: `${room}px` }}>{shown}</span>
    </span>
  );
}

function seriesOf(raw: unknown): Float64Array | undefined {
  if (Array.isArray(raw)) return Float64Array.from(raw, Number);
  const { fields } = (raw ?? {}) as Partial<Frame>;
  const field = fields?.find(({ type }) => type === 'number');
  return field?.values instanceof Float64Array ? field.values : undefined;
}

function lastNumber(value: unknown, values: Float64Array): number {
  if (typeof value === 'number') return value;
  for (let i = values.length - 1; i >= 0; i--) if (!Number.isNaN(values[i]!)) return values[i]!;
  return Number.NaN;
}

/** What can be done with a cell's value; shown when it is pointed at or has the focus. */
function Actions({ column, raw, shown, onInspect, onFilter }: ContentlessProps) {
  const canFilter = onFilter && column.field.config.filterable && raw !== null;
  if (!canFilter && !column.options.inspect) return null;
  const name = column.field.name;
  return (
    <span class="table-cell-actions">
      {column.options.inspect && (
        <IconButton icon="eye" label={text.value.inspect} onClick={() => onInspect(jsonText(raw))} />
      )}
      {canFilter && (
        <>
          <IconButton
            icon="plus"
            label={text.value.keep(name, shown)}
            onClick={() => onFilter(name, String(raw), '=')}
          />
          <IconButton
            icon="minus"
            label={text.value.drop(name, shown)}
            onClick={() => onFilter(name, String(raw), '!=')}
          />
        </>
      )}
    </span>
  );
}

type ContentlessProps = Pick<CellProps, 'column' | 'onInspect' | 'onFilter'> & {
  raw: unknown;
  shown: string;
};
