import './facts.css';
import type { ComponentChildren } from 'preact';
import { Skeleton } from '../../components/notice';
import { splitValue, type Unit } from '../../format/units';

/** `undefined` is on its way, `null` and the empty text are left out. */
export type Fact = { name: string; value: ComponentChildren | null | undefined };

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(
        ({ name, value }) =>
          value !== null &&
          value !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value === undefined ? <Skeleton width="120px" height="14px" /> : value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export type FigureProps = {
  name: string;
  /** `undefined` is on its way, `null` is unknown. */
  value: number | null | undefined;
  unit: Unit;
  decimals?: number;
  note?: string;
};

/** One large number. */
export function Figure({ name, value, unit, decimals, note }: FigureProps) {
  const { number, suffix } = splitValue(value, unit, decimals);
  return (
    <div class="figure">
      <p class="figure-name">{name}</p>
      <p class="figure-value">
        {value === undefined ? (
          <Skeleton width="72px" height="20px" />
        ) : (
          <>
            {number}
            <small>{suffix}</small>
          </>
        )}
      </p>
      <p class="figure-note" title={note}>
        {note}
      </p>
    </div>
  );
}
