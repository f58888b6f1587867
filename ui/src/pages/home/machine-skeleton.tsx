import { Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { text } from './text';
import { Tile } from './tile';

/** Holds the places of a machine's tiles and charts while the machine is looked for. */
export function MachineSkeleton() {
  const t = text.value;
  const panels = [t.cpuByMode, t.memory, t.networkThroughput, t.diskThroughput, t.loadAverage, t.topChanges];
  return (
    <>
      <div class="home-tiles" aria-busy="true">
        {[t.cpu, t.memory, t.disk, t.received, t.sent, t.load, t.uptime].map((label) => (
          <Tile key={label} label={label} value={Number.NaN} unit="none" loading />
        ))}
      </div>
      <div class="home-grid" aria-busy="true">
        {panels.map((title) => (
          <Panel key={title} title={title}>
            <Skeleton height="224px" />
          </Panel>
        ))}
      </div>
    </>
  );
}
