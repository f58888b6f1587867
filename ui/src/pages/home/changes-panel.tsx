import './changes-panel.css';
import { queryInstantBatch } from '../../api/batch';
import type { Result } from '../../api/errors';
import { useResult } from '../../api/use-result';
import { Icon } from '../../components/icon';
import { Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { formatValue } from '../../format/units';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { formatDuration } from '../../time/duration';
import { type Change, changesBatch, resources, topChanges } from './changes';
import type { Node } from './queries';
import { text } from './text';

const shownChanges = 7;
const comparedSeconds = [600, 300, 120, 60];
const refreshSeconds = 15;

export type ChangesPanelProps = {
  node: Node;
  identity: string;
  scrapeSeconds: number;
  nowSeconds: number;
  /** How far back this machine's samples reach within what is shown. */
  ageSeconds: number;
  /** Whether the age is known. */
  known: boolean;
};

/** What moved most against some minutes ago, with arrows: the first place to look. */
export function ChangesPanel({
  node,
  identity,
  scrapeSeconds,
  nowSeconds,
  ageSeconds,
  known,
}: ChangesPanelProps) {
  const t = text.value;
  const rateSeconds = Math.max(60, 4 * scrapeSeconds);
  // The earlier level is an average too, and needs samples before it.
  const backSeconds = comparedSeconds.find(
    (seconds) => seconds + Math.min(30, 3 * scrapeSeconds) <= ageSeconds,
  );
  const atSeconds = Math.floor(nowSeconds / refreshSeconds) * refreshSeconds;
  const canCompare = known && backSeconds !== undefined;
  const { data } = useResult(
    (signal) =>
      canCompare
        ? loadChanges(node, formatDuration(rateSeconds), atSeconds, backSeconds, signal)
        : Promise.resolve({ ok: true, data: null, warnings: [], infos: [] } satisfies Result<null>),
    `${identity} ${canCompare}`,
    `${atSeconds} ${backSeconds}`,
  ).value;
  const isEarly = known && backSeconds === undefined;
  return (
    <Panel title={t.topChanges} note={backSeconds && t.changesNote(formatDuration(backSeconds))}>
      <div class="changes">
        {isEarly && <p class="home-empty">{t.changesSoon}</p>}
        {!isEarly && !data && [0, 1, 2, 3].map((row) => <Skeleton key={row} height="20px" />)}
        {!isEarly && data?.length === 0 && <p class="home-empty">{t.noChanges}</p>}
        {!isEarly && data && data.length > 0 && (
          <ol>
            {data.map((change) => (
              <ChangeRow key={change.resource + change.part} change={change} node={node} />
            ))}
          </ol>
        )}
      </div>
    </Panel>
  );
}

function ChangeRow({ change, node }: { change: Change; node: Node }) {
  const { resource, part, unit, before, now, doublings } = change;
  const t = text.value;
  const isUp = doublings > 0;
  const expression = resources[resource].expression(node, '$__rate_interval');
  // Filled in proportion to four doublings.
  const strength = Math.min(1, Math.abs(doublings) / 4);
  return (
    <li class="change">
      <a href={withBase(href('explore', {}, { expr: expression }))}>
        <span
          class={isUp ? 'change-arrow is-up' : 'change-arrow'}
          style={{ '--strength': `${30 + strength * 70}%` }}
        >
          <Icon name={isUp ? 'up' : 'down'} size={14} />
        </span>
        <span class="change-name">
          {t.resources[resource]}
          {part && <span class="change-part"> {part}</span>}
        </span>
        <span class="change-before">{t.from(formatValue(before, unit))}</span>
        <span class="change-now">{formatValue(now, unit)}</span>
      </a>
    </li>
  );
}

async function loadChanges(
  node: Node,
  rateWindow: string,
  atSeconds: number,
  backSeconds: number,
  signal: AbortSignal,
): Promise<Result<Change[]>> {
  const batch = changesBatch(node, rateWindow);
  const [now, before] = await Promise.all([
    queryInstantBatch(batch, { timeSeconds: atSeconds, signal }),
    queryInstantBatch(batch, { timeSeconds: atSeconds - backSeconds, signal }),
  ]);
  if (!now.ok) return now;
  if (!before.ok) return before;
  return { ...now, data: topChanges(before.data, now.data, shownChanges) };
}
