import './filesystems.css';
import { Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { formatValue } from '../../format/units';
import type { MomentAnswer } from './machine-data';
import { text } from './text';

type Filesystem = { mountpoint: string; device: string; sizeBytes: number; freeBytes: number; share: number };

const maxShown = 7;

/** One entry for each device, at its shortest mountpoint; the fullest first. */
export function listFilesystems(now: MomentAnswer): Filesystem[] {
  const byDevice = new Map<string, Filesystem>();
  for (const { labels, value: sizeBytes } of now.size) {
    const { mountpoint = '', device = '' } = labels;
    const free = now.available.find(
      (one) => one.labels.mountpoint === mountpoint && one.labels.device === device,
    );
    if (!free || !(sizeBytes > 0)) continue;
    const known = byDevice.get(device);
    if (known && known.mountpoint.length <= mountpoint.length) continue;
    byDevice.set(device, {
      mountpoint,
      device,
      sizeBytes,
      freeBytes: free.value,
      share: 1 - free.value / sizeBytes,
    });
  }
  return [...byDevice.values()].sort((a, b) => b.share - a.share || a.mountpoint.localeCompare(b.mountpoint));
}

export function Filesystems({ now }: { now: MomentAnswer | null }) {
  const t = text.value;
  const all = now ? listFilesystems(now) : [];
  return (
    <Panel title={t.filesystems}>
      <div class="filesystems">
        {!now && [0, 1, 2].map((row) => <Skeleton key={row} height="36px" />)}
        {now && all.length === 0 && <p class="home-empty">{t.noFilesystems}</p>}
        {all.slice(0, maxShown).map(({ mountpoint, device, sizeBytes, freeBytes, share }) => {
          const level = share >= 0.95 ? ' is-bad' : share >= 0.85 ? ' is-warn' : '';
          return (
            <div key={device} class={`filesystem${level}`}>
              <div class="filesystem-row">
                <span class="filesystem-name" title={`${device} on ${mountpoint}`}>
                  {mountpoint}
                </span>
                <span class="filesystem-free">
                  {t.freeOf(formatValue(freeBytes, 'bytes'), formatValue(sizeBytes, 'bytes'))}
                </span>
                <span class="filesystem-share">{formatValue(share, 'percentunit', 0)}</span>
              </div>
              <div
                class="filesystem-bar"
                role="meter"
                aria-label={mountpoint}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={Math.round(share * 100)}
              >
                <div style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }} />
              </div>
            </div>
          );
        })}
      </div>
    </Panel>
  );
}
