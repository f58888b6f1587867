import type { ApiError } from '../../api/errors';
import { isMissing } from '../../api/scrape';
import type { Block } from '../../api/storage';
import type { TSDBStatus } from '../../api/types';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { formatValue } from '../../format/units';
import { formatDateTime } from '../../time/zone';
import { text } from './text';

export type BlocksPanelProps = {
  blocks: readonly Block[] | null;
  error: ApiError | null;
  head: TSDBStatus['headStats'] | undefined;
};

/** The blocks on disk over time, then one by one, the newest first. */
export function BlocksPanel({ blocks, error, head }: BlocksPanelProps) {
  const words = text.value.storage;
  const newest = (blocks ?? []).toSorted((a, b) => b.maxTime - a.maxTime);
  return (
    <Panel title={words.timeline} note={words.timelineHint} flush>
      {error && error.kind !== 'unavailable' && !isMissing(error) && <ErrorNotice error={error} />}
      {error && isMissing(error) && <p class="blocks-note">{text.value.missing}</p>}
      {!blocks && (!error || error.kind === 'unavailable') && (
        <p class="blocks-note">
          <Skeleton height="48px" />
        </p>
      )}
      {blocks && <Timeline blocks={newest} head={head} />}
      {blocks?.length === 0 && <p class="blocks-note">{words.noBlocks}</p>}
      {newest.length > 0 && (
        <div class="blocks-scroll">
          <table class="blocks-table">
            <thead>
              <tr>
                <th scope="col">{words.block}</th>
                <th scope="col">{words.from}</th>
                <th scope="col">{words.length}</th>
                <th scope="col" class="is-number">
                  {words.samples}
                </th>
                <th scope="col" class="is-number">
                  {words.seriesCount}
                </th>
                <th scope="col" class="is-number">
                  {words.chunksCount}
                </th>
                <th scope="col" class="is-number">
                  {words.level}
                </th>
              </tr>
            </thead>
            <tbody>
              {newest.map(({ ulid, minTime, maxTime, stats, compaction }) => (
                <tr key={ulid}>
                  <td>
                    <code>{ulid}</code>
                  </td>
                  <td>{formatDateTime(minTime / 1000)}</td>
                  <td>{formatValue((maxTime - minTime) / 1000, 's')}</td>
                  <td class="is-number">{(stats.numSamples ?? 0).toLocaleString('en')}</td>
                  <td class="is-number">{(stats.numSeries ?? 0).toLocaleString('en')}</td>
                  <td class="is-number">{(stats.numChunks ?? 0).toLocaleString('en')}</td>
                  <td class="is-number">{compaction.level}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Timeline({ blocks, head }: { blocks: readonly Block[]; head: BlocksPanelProps['head'] }) {
  const words = text.value.storage;
  const hasHead = head !== undefined && head.minTime < head.maxTime;
  const ranges = blocks.map(({ minTime, maxTime }) => ({ minTime, maxTime }));
  if (hasHead) ranges.push(head);
  if (ranges.length === 0) return null;
  const start = Math.min(...ranges.map(({ minTime }) => minTime));
  const end = Math.max(...ranges.map(({ maxTime }) => maxTime));
  const place = ({ minTime, maxTime }: { minTime: number; maxTime: number }) => ({
    left: `${((minTime - start) / (end - start)) * 100}%`,
    width: `${((maxTime - minTime) / (end - start)) * 100}%`,
  });
  const levels = [...new Set(blocks.map(({ compaction }) => compaction.level))].sort((a, b) => b - a);
  return (
    <div class="blocks-note">
      <div class="timeline" aria-hidden="true">
        {levels.map((level) => (
          <div key={level} class="timeline-row" title={`${words.level} ${level}`}>
            {blocks
              .filter(({ compaction }) => compaction.level === level)
              .map((block) => (
                <span key={block.ulid} style={place(block)} title={block.ulid} />
              ))}
          </div>
        ))}
        {hasHead && (
          <div class="timeline-row is-head" title={words.headTitle}>
            <span style={place(head)} />
          </div>
        )}
      </div>
      <p class="timeline-ends">
        <span>{formatDateTime(start / 1000)}</span>
        <span>{formatDateTime(end / 1000)}</span>
      </p>
    </div>
  );
}
