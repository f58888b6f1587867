import type { ReadonlySignal } from '@preact/signals';
import { Icon } from '../components/icon';
import type { Frame } from '../frame/frame';
import type { Scope } from '../variables/scope';
import type { Panel } from './model';
import type { PanelTime } from './panel-time';
import type { PanelData } from './runner';
import type { DashboardSession } from './session';

export const panelHeaderHeight = 32;

export type PanelHeaderProps = {
  session: DashboardSession;
  panel: Panel;
  scope: Scope;
  cellKey: string;
  headingId: string;
  title: string;
  data: PanelData;
  frames: ReadonlySignal<readonly Frame[]>;
  time: PanelTime;
  withMenu?: boolean;
};

/** Title and state of a panel, and what leads on from it. */
export function PanelHeader({ headingId, title, data, time }: PanelHeaderProps) {
  const errors = data.errors.map(({ refId, message }) => (refId ? `${refId}: ${message}` : message));
  return (
    <header class="dash-panel-header">
      <h2 class="dash-panel-title" id={headingId}>
        {title}
      </h2>
      {errors.length > 0 && (
        <span
          class="dash-panel-badge is-bad"
          role="img"
          aria-label={errors.join('\n')}
          title={errors.join('\n')}
        >
          <Icon name="warning" size={14} />
        </span>
      )}
      {(time.from || time.shift) && (
        <span class="dash-panel-time">
          <Icon name="clock" size={12} />{' '}
          {[time.from, time.shift && `−${time.shift}`].filter(Boolean).join(' ')}
        </span>
      )}
      {data.loading && <span class="dash-panel-loading" />}
    </header>
  );
}
