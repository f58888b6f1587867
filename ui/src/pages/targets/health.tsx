import './health.css';
import type { TargetHealth } from '../../api/types';
import { Icon, type IconName } from '../../components/icon';
import type { HealthCounts } from './filter';
import { text } from './text';

const icons: Record<TargetHealth, IconName> = { up: 'check', down: 'error', unknown: 'clock' };

/** The state of one target by colour, sign and word. */
export function Health({ health }: { health: TargetHealth }) {
  return (
    <span class={`health is-${health}`}>
      <Icon name={icons[health]} size={14} />
      {text.value.health[health]}
    </span>
  );
}

/** How many are up, down and pending, as parts of a bar. */
export function HealthStrip({ counts }: { counts: HealthCounts }) {
  const { up, down, unknown } = counts;
  return (
    <div class="health-strip" role="img" aria-label={text.value.counts(up, down, unknown)}>
      {down > 0 && <span class="is-down" style={{ flexGrow: down }} />}
      {up > 0 && <span class="is-up" style={{ flexGrow: up }} />}
      {unknown > 0 && <span class="is-unknown" style={{ flexGrow: unknown }} />}
    </div>
  );
}
