import './storage-section.css';
import type { ApiError } from '../../api/errors';
import { tsdbStatus } from '../../api/prometheus';
import { type Block, blocks as loadBlocks, selfMetrics } from '../../api/storage';
import type { TSDBStatus } from '../../api/types';
import { useResult } from '../../api/use-result';
import { ErrorNotice } from '../../components/notice';
import { Panel } from '../../components/panel';
import { RelativeTime } from '../../components/relative-time';
import { formatValue } from '../../format/units';
import { server } from '../../shell/server';
import { useMoment } from '../../time/moment';
import { formatDateTime } from '../../time/zone';
import { BlocksPanel } from './blocks-panel';
import { Facts, Figure } from './facts';
import { useRate } from './rate';
import { StorageHistory } from './storage-history';
import { text } from './text';

const metricNames = [
  'prometheus_tsdb_head_samples_appended_total',
  'prometheus_tsdb_storage_blocks_bytes',
  'prometheus_tsdb_wal_storage_size_bytes',
  'prometheus_tsdb_head_chunks_storage_size_bytes',
];

/** What is stored, what it takes and how fast it grows. */
export function StorageSection() {
  const moment = useMoment(5);
  const stats = useResult((signal) => tsdbStatus({ limit: 1, signal }), 'tsdb', moment.value).value;
  const metrics = useResult((signal) => selfMetrics(metricNames, { signal }), 'metrics', moment.value).value;
  const blocks = useResult((signal) => loadBlocks({ signal }), 'blocks', Math.floor(moment.value / 6)).value;
  const rate = useRate(metrics.data?.get('prometheus_tsdb_head_samples_appended_total'), metrics.data);

  const words = text.value.storage;
  const head = stats.data?.headStats;
  const own = server.value;
  const usage = own?.storage?.usage;
  const isFresh = usage && usage.oldestTime > 0 && usage.oldestTime >= Date.parse(own.startTime) - 60_000;
  const metric = (name: string) => metrics.data?.get(name);
  const sizes: Sizes = {
    log: usage?.logBytes ?? metric('prometheus_tsdb_wal_storage_size_bytes'),
    head: usage?.headBytes ?? metric('prometheus_tsdb_head_chunks_storage_size_bytes'),
    blocks: usage?.blockBytes ?? metric('prometheus_tsdb_storage_blocks_bytes'),
  };
  const isKnown = sizes.log !== undefined || sizes.blocks !== undefined;
  const total = isKnown ? (sizes.log ?? 0) + (sizes.head ?? 0) + (sizes.blocks ?? 0) : undefined;
  const blockSamples = (blocks.data ?? []).reduce(
    (sum, { stats: { numSamples = 0 } }) => sum + numSamples,
    0,
  );
  const perSample =
    blockSamples > 0
      ? sizes.blocks !== undefined && sizes.blocks / blockSamples
      : // Where all data are of this run, its count of samples is that of the data.
        isFresh && total !== undefined && usage.samplesAppended > 0 && total / usage.samplesAppended;
  const freshNote = perSample ? words.perSampleFresh : words.noBlockYet;
  const perSampleNote = blockSamples > 0 ? words.perSampleNote : blocks.data ? freshNote : undefined;
  const oldest = oldestSeconds(usage?.oldestTime, blocks.data, head);
  return (
    <>
      {isLost(stats.error) && <ErrorNotice error={stats.error} onRetry={moment.refresh} />}
      <div class="figures">
        <Figure
          name={words.series}
          value={head?.numSeries ?? (isLost(stats.error) ? null : undefined)}
          unit="short"
        />
        <Figure
          name={words.rate}
          value={rate ?? (isLost(metrics.error) ? null : undefined)}
          unit="short"
          note={rate === null && !metrics.error ? words.measuring : undefined}
        />
        <Figure
          name={words.perSample}
          value={blocks.data || isLost(blocks.error) ? perSample || null : undefined}
          unit="none"
          decimals={2}
          note={perSampleNote}
        />
        <Figure
          name={words.onDisk}
          value={total ?? (isLost(metrics.error) ? null : undefined)}
          unit="bytes"
          note={usage && usage.freeBytes > 0 ? words.free(formatValue(usage.freeBytes, 'bytes')) : undefined}
        />
      </div>
      <div class="storage">
        <Panel title={words.disk}>
          <Disk sizes={sizes} />
          <Facts
            facts={[
              {
                name: words.oldest,
                value:
                  oldest === undefined ? (
                    isLost(stats.error) ? null : undefined
                  ) : (
                    <RelativeTime seconds={oldest} />
                  ),
              },
            ]}
          />
        </Panel>
        <Panel title={words.headTitle}>
          <Facts
            facts={[
              { name: words.labelPairs, value: head?.numLabelPairs.toLocaleString('en') },
              { name: words.chunks, value: head?.chunkCount.toLocaleString('en') },
              {
                name: words.from,
                value: head && (isEmpty(head) ? '–' : formatDateTime(head.minTime / 1000)),
              },
              {
                name: words.length,
                value: head && (isEmpty(head) ? '–' : formatValue((head.maxTime - head.minTime) / 1000, 's')),
              },
            ]}
          />
        </Panel>
      </div>
      <BlocksPanel blocks={blocks.data} error={blocks.error} head={head} />
      <StorageHistory />
    </>
  );
}

/** A server that is not ready yet still answers later. */
function isLost(error: ApiError | null): error is ApiError {
  return error !== null && error.kind !== 'unavailable';
}

type HeadStats = TSDBStatus['headStats'];

/** An empty head has the ends of its range the wrong way round. */
function isEmpty({ minTime, maxTime }: HeadStats): boolean {
  return maxTime < minTime;
}

function oldestSeconds(
  told: number | undefined,
  blocks: readonly Block[] | null,
  head: HeadStats | undefined,
): number | undefined {
  if (told) return told / 1000;
  const starts = (blocks ?? []).map(({ minTime }) => minTime);
  if (head && head.minTime <= head.maxTime) starts.push(head.minTime);
  return starts.length > 0 ? Math.min(...starts) / 1000 : undefined;
}

type Sizes = Record<'log' | 'head' | 'blocks', number | undefined>;

function Disk({ sizes }: { sizes: Sizes }) {
  const words = text.value.storage;
  const parts = ['blocks', 'head', 'log'] as const;
  return (
    <>
      <div class="disk-bar" aria-hidden="true">
        {parts.map((part) => {
          const size = sizes[part] ?? 0;
          return size > 0 && <span key={part} class={`is-${part}`} style={{ flexGrow: size }} />;
        })}
      </div>
      <dl class="disk-list">
        {parts.map((part) => (
          <div key={part}>
            <dt>
              <i class={`disk-swatch is-${part}`} />
              {words[part]}
            </dt>
            <dd>{formatValue(sizes[part], 'bytes')}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
