import './memory-panel.css';
import { type HeldBack, type Memory, type MemoryLevel, serverStatus } from '../../api/monopod';
import { useResult } from '../../api/use-result';
import { Badge, type Level } from '../../components/badge';
import { ErrorNotice, Notice } from '../../components/notice';
import { Panel } from '../../components/panel';
import { RelativeTime } from '../../components/relative-time';
import { formatValue } from '../../format/units';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { Facts } from './facts';
import { text } from './text';

const badges: Record<MemoryLevel, Level> = { normal: 'ok', caches: 'warn', series: 'bad', sampling: 'bad' };

/** How much memory the program may use, and what it gives up for want of it. */
export function MemoryPanel({ moment }: { moment: number }) {
  const status = useResult((signal) => serverStatus({ signal }), 'status', moment).value;
  const words = text.value.memory;
  const memory = status.data?.memory;
  // A server that starts, or one that is no Monopod.
  if (status.data && !memory) return null;
  return (
    <Panel
      title={words.title}
      actions={memory && <Badge level={badges[memory.level]}>{words.levels[memory.level]}</Badge>}
    >
      {status.error && !memory && <ErrorNotice error={status.error} />}
      {memory && <Shed memory={memory} />}
      {status.data?.heldBack && <HeldBackTargets heldBack={status.data.heldBack} />}
      <Use memory={memory} />
      <Facts
        facts={[
          {
            name: words.limit,
            value: memory && `${bytes(memory.limitBytes)} · ${words.sources[memory.source] ?? memory.source}`,
          },
          {
            name: words.series,
            value: memory && words.seriesOf(count(memory.series), count(memory.maxSeries)),
          },
          { name: words.perTarget, value: memory && words.atMost(count(memory.maxSeriesPerTarget)) },
          ...(memory?.parts ?? []).map(({ name, budgetBytes, usedBytes }) => ({
            name: words.parts[name] ?? name,
            value:
              usedBytes === null
                ? words.atMost(bytes(budgetBytes))
                : words.bytesOf(bytes(usedBytes), bytes(budgetBytes)),
          })),
        ]}
      />
    </Panel>
  );
}

const bytes = (value: number) => formatValue(value, 'bytes');
const count = (value: number) => value.toLocaleString('en');

/** What is held, with marks where the goal and the limit are. */
function Use({ memory }: { memory: Memory | undefined | null }) {
  const words = text.value.memory;
  const percent = memory ? Math.round(memory.pressure * 100) : 0;
  return (
    <div class="memory-use">
      <div
        class={`memory-bar is-${memory ? badges[memory.level] : 'neutral'}`}
        role="meter"
        aria-label={words.held}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span style={{ width: `${Math.min(percent, 100)}%` }} />
      </div>
      <p>{memory ? words.heldOf(bytes(memory.heldBytes), bytes(memory.goalBytes), percent) : ' '}</p>
    </div>
  );
}

/** The steps that are in force, with the culprit first. */
function Shed({ memory }: { memory: Memory }) {
  const words = text.value.memory;
  if (memory.level === 'normal') return null;
  return (
    <div class="memory-shed">
      <Notice level={memory.level === 'caches' ? 'info' : 'warn'} title={words.short}>
        <ul>
          {memory.degraded && <li>{words.degraded}</li>}
          {memory.cacheShare < 1 && <li>{words.cachesShrunk(Math.round(memory.cacheShare * 100))}</li>}
          {memory.everythingRefused && <li>{words.everythingRefused}</li>}
          {memory.refused.map((target, at) => (
            <li key={target.scrapeUrl}>
              {at === 0 && <strong>{words.culprit} </strong>}
              <TargetLink pool={target.scrapePool} url={target.scrapeUrl} />{' '}
              {words.causes[target.cause](count(target.series), count(target.newSeries))}{' '}
              <RelativeTime seconds={Date.parse(target.since) / 1000} />
            </li>
          ))}
          {memory.stretched.map(({ scrapePool, factor }) => (
            <li key={scrapePool}>{words.stretched(scrapePool, factor)}</li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

/** The targets of which series are left out, whatever for. */
function HeldBackTargets({ heldBack }: { heldBack: HeldBack }) {
  const words = text.value.memory;
  if (heldBack.count === 0) return null;
  return (
    <div class="memory-shed">
      <Notice level="warn" title={words.heldBack(heldBack.count)}>
        <ul>
          {heldBack.targets.map((target) => (
            <li key={`${target.scrapePool} ${target.scrapeUrl}`}>
              <TargetLink pool={target.scrapePool} url={target.scrapeUrl} />{' '}
              {words.leftOut(count(target.seriesRefused))}
              <span class="memory-reason">{target.refusedReason}</span>
            </li>
          ))}
        </ul>
        {heldBack.count > heldBack.targets.length && (
          <p>{words.more(heldBack.count - heldBack.targets.length)}</p>
        )}
      </Notice>
    </div>
  );
}

function TargetLink({ pool, url }: { pool: string; url: string }) {
  return <a href={withBase(href('targets', {}, { pool, search: url }))}>{url}</a>;
}
