import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { labelValues } from '../../api/prometheus';
import { Button } from '../../components/button';
import { EmptyState } from '../../components/notice';
import { text } from './text';

/** Expressions worth a first look, each with the metric that it needs. */
const examples: readonly { metric: string; expr: string }[] = [
  { metric: 'up', expr: 'up' },
  {
    metric: 'node_cpu_seconds_total',
    expr: 'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval]))',
  },
  {
    metric: 'node_memory_MemAvailable_bytes',
    expr: '1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes',
  },
  {
    metric: 'node_network_receive_bytes_total',
    expr: 'rate(node_network_receive_bytes_total{device!="lo"}[$__rate_interval])',
  },
  { metric: 'process_resident_memory_bytes', expr: 'process_resident_memory_bytes' },
  {
    metric: 'prometheus_http_requests_total',
    expr: 'sum by (handler) (rate(prometheus_http_requests_total[5m]))',
  },
  { metric: 'scrape_duration_seconds', expr: 'topk(5, scrape_duration_seconds)' },
];

/** What an empty page offers: expressions that have an answer here. */
export function StartHints({ onPick, onBrowse }: { onPick(expr: string): void; onBrowse(): void }) {
  const known = useSignal<ReadonlySet<string> | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const match = [`{__name__=~"${examples.map(({ metric }) => metric).join('|')}"}`];
    labelValues('__name__', { match, signal: controller.signal }).then((names) => {
      known.value = new Set(names.ok ? names.data : []);
    });
    return () => controller.abort();
  }, []);
  const offered = examples.filter(({ metric }) => known.value?.has(metric)).slice(0, 5);
  return (
    <div class="query-start">
      <EmptyState icon="explore" title={text.value.start.title}>
        <p>{text.value.start.body}</p>
        <ul class="query-start-list">
          {offered.map(({ expr }) => (
            <li key={expr}>
              <button type="button" onClick={() => onPick(expr)}>
                <code>{expr}</code>
              </button>
            </li>
          ))}
        </ul>
        <Button icon="search" onClick={onBrowse}>
          {text.value.browse}
        </Button>
      </EmptyState>
    </div>
  );
}
