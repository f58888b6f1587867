import './bar.css';
import type { DisplayValue } from '../../frame/display';
import { displayOf, isColoredByValue } from '../../frame/display';
import type { Field } from '../../frame/frame';
import { theme } from '../../shell/theme';
import { gradientStops } from '../threshold-bands';
import { lcdCells } from './bargauge-layout';

export type BarMode = 'gradient' | 'lcd' | 'basic';

export type BarProps = {
  display: DisplayValue;
  field: Field;
  mode: BarMode;
  isVertical: boolean;
  /** Pixels along the bar, and across. */
  length: number;
  thickness: number;
  showsUnfilled: boolean;
};

/** A value as a bar between the field's min and max. */
export function Bar({ display, field, mode, isVertical, length, thickness, showsUnfilled }: BarProps) {
  const share = Number.isNaN(display.numeric) ? 0 : Math.min(1, Math.max(0, display.percent));
  const size = isVertical
    ? { width: `${thickness}px`, height: `${length}px` }
    : { width: `${length}px`, height: `${thickness}px` };
  const filled = Math.max(share > 0 ? 1 : 0, Math.round(share * length));
  return (
    <div
      class={`value-bar is-${mode}${isVertical ? ' is-vertical' : ''}${showsUnfilled ? ' has-track' : ''}`}
      style={size}
      aria-hidden="true"
    >
      {mode === 'lcd' ? (
        <Cells
          share={share}
          length={length}
          field={field}
          display={display}
          isVertical={isVertical}
          showsUnfilled={showsUnfilled}
        />
      ) : (
        <div
          class="value-bar-fill"
          style={{
            ...(isVertical ? { height: `${filled}px` } : { width: `${filled}px` }),
            ...(mode === 'gradient'
              ? { background: gradient(field, display, length, isVertical) }
              : { '--bar-color': display.color }),
          }}
        />
      )}
    </div>
  );
}

/** Over the whole length of the bar, of which the fill shows its part. */
function gradient(field: Field, display: DisplayValue, length: number, isVertical: boolean): string {
  const stops = gradientStops(field, theme.value, display.color);
  if (stops.length === 1) return stops[0]!.color;
  const places = stops.map(({ at, color }) => `${color} ${Math.round(at * length)}px`);
  return `linear-gradient(${isVertical ? 'to top' : 'to right'}, ${places.join(', ')})`;
}

function Cells({
  share,
  length,
  field,
  display,
  isVertical,
  showsUnfilled,
}: {
  share: number;
  length: number;
  field: Field;
  display: DisplayValue;
  isVertical: boolean;
  showsUnfilled: boolean;
}) {
  const count = lcdCells(length);
  const { min, max } = field.state?.range ?? { min: 0, max: 100 };
  const show = isColoredByValue(field)
    ? displayOf(field, { timeZone: 'utc', theme: theme.value })
    : undefined;
  const cells = Array.from({ length: count }, (_, index) => {
    const place = index / count;
    const color = show ? show(min + (max - min) * ((index + 0.5) / count)).color : display.color;
    return { isLit: place < share, color };
  });
  if (isVertical) cells.reverse();
  return (
    <>
      {cells.map(({ isLit, color }, index) => (
        <span
          key={index}
          class="value-bar-cell"
          style={{ background: color, opacity: isLit ? 1 : showsUnfilled ? 0.16 : 0 }}
        />
      ))}
    </>
  );
}
