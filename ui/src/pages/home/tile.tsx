import './tile.css';
import type { ComponentChildren } from 'preact';
import { Skeleton } from '../../components/notice';
import { Sparkline } from '../../components/sparkline';
import { splitValue, type Unit } from '../../format/units';

export type TileProps = {
  label: string;
  value: number;
  unit: Unit;
  decimals?: number;
  note?: ComponentChildren;
  /** The curve below the number. */
  values?: Float64Array;
  min?: number;
  max?: number;
  level?: 'warn' | 'bad';
  loading: boolean;
};

/** One headline number with where it comes from and goes to. */
export function Tile({ label, value, unit, decimals, note, values, min, max, level, loading }: TileProps) {
  const { number, suffix } = splitValue(value, unit, decimals);
  return (
    <div class={level ? `tile is-${level}` : 'tile'}>
      <div class="tile-label">{label}</div>
      <div class="tile-value">
        {loading ? (
          <Skeleton width="72px" height="20px" />
        ) : (
          <>
            {number}
            <span class="tile-suffix">{suffix}</span>
          </>
        )}
      </div>
      <div class="tile-note">{loading ? ' ' : (note ?? ' ')}</div>
      <div class="tile-spark">{values && <Sparkline values={values} min={min} max={max} />}</div>
    </div>
  );
}
