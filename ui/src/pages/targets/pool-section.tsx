import './pool-section.css';
import { Icon } from '../../components/icon';
import { LazyRows } from '../../components/lazy-rows';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import type { PoolView } from './filter';
import { HealthStrip } from './health';
import { TargetRow } from './target-row';
import { text } from './text';

export type PoolSectionProps = {
  view: PoolView;
  isOpen: boolean;
  /** Only some of the targets are in the view. */
  isFiltered: boolean;
  onToggle(): void;
  /** Keys of the targets whose details are shown. */
  opened: readonly string[];
  onToggleTarget(key: string): void;
};

/** One scrape pool: its health, then its targets. */
export function PoolSection({
  view,
  isOpen,
  isFiltered,
  onToggle,
  opened,
  onToggleTarget,
}: PoolSectionProps) {
  const { name, targets, counts, droppedCount } = view;
  const total = counts.up + counts.down + counts.unknown;
  const words = text.value;
  return (
    <section class="pool" aria-label={name}>
      <header class={isOpen ? 'pool-header is-open' : 'pool-header'}>
        <button type="button" class="pool-toggle" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} />
          <h2 class="pool-name">{name}</h2>
          <span class={counts.down > 0 ? 'pool-counts is-bad' : 'pool-counts'}>
            {words.poolUp(counts.up, total)}
          </span>
          {isFiltered && <span class="pool-shown">{words.shown(targets.length)}</span>}
          <span class="pool-strip">
            <HealthStrip counts={counts} />
          </span>
        </button>
        {droppedCount > 0 && (
          <a
            class="pool-dropped"
            href={withBase(href('discovery', {}, { pool: name, state: 'dropped' }))}
            title={words.droppedHint}
          >
            {words.dropped(droppedCount)}
          </a>
        )}
      </header>
      {isOpen && targets.length === 0 && (
        <p class="pool-empty">
          {words.emptyPool}{' '}
          <a href={withBase(href('discovery', {}, { pool: name }))}>{words.emptyPoolLink}</a>
        </p>
      )}
      {isOpen && targets.length > 0 && (
        <LazyRows items={targets} keyOf={({ key }) => key} rowHeight={61} class="pool-rows" label={name}>
          {({ key, target }) => (
            <TargetRow target={target} isOpen={opened.includes(key)} onToggle={() => onToggleTarget(key)} />
          )}
        </LazyRows>
      )}
    </section>
  );
}
