import './metric-browser.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ApiError } from '../../api/errors';
import { labelValues, metadata } from '../../api/prometheus';
import type { MetricMetadata } from '../../api/types';
import { TextField } from '../../components/field';
import { ErrorNotice, Skeleton } from '../../components/notice';
import type { TimeControl } from '../../time/control';
import { formatCount } from './format-count';
import { MetricDetails } from './metric-details';
import { SideSheet } from './side-sheet';
import { text } from './text';
import { useVisibleRows } from './visible-rows';

export type MetricBrowserProps = {
  control: TimeControl;
  /** Puts text at the cursor. */
  onInsert(expr: string): void;
  /** Makes the expression the query and runs it. */
  onUse(expr: string): void;
  onClose(): void;
};

type Metric = { name: string; meta: MetricMetadata | undefined; searched: string };

const rowHeight = 44;

export function MetricBrowser({ control, onInsert, onUse, onClose }: MetricBrowserProps) {
  const metrics = useSignal<readonly Metric[] | null>(null);
  const error = useSignal<ApiError | null>(null);
  const search = useSignal('');
  const chosen = useSignal<Metric | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    Promise.all([labelValues('__name__', { ...control.window.peek(), signal }), metadata({ signal })]).then(
      ([names, described]) => {
        if (signal.aborted) return;
        if (!names.ok) {
          error.value = names.error;
          return;
        }
        const known = described.ok ? described.data : {};
        metrics.value = names.data.map((name) => {
          const meta = (known[name] ?? known[name.replace(/_(?:count|sum|bucket|total)$/, '')])?.[0];
          return { name, meta, searched: `${name} ${meta?.help ?? ''} ${meta?.type ?? ''}`.toLowerCase() };
        });
      },
    );
    return () => controller.abort();
  }, []);
  const found = useMemo(() => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = metrics.value ?? [];
    if (words.length === 0) return all;
    const matches = all.filter(({ searched }) => words.every((word) => searched.includes(word)));
    // Names first: help texts mention much.
    const inName = ({ name }: Metric) => words.every((word) => name.toLowerCase().includes(word));
    return [...matches.filter(inName), ...matches.filter((metric) => !inName(metric))];
  }, [metrics.value, search.value]);
  return (
    <SideSheet title={text.value.browser.title} onClose={onClose}>
      <div class={chosen.value ? 'metric-browser has-choice' : 'metric-browser'}>
        <div class="metric-browser-list">
          <div class="metric-browser-search">
            <TextField
              label={text.value.browser.search}
              hideLabel
              type="search"
              icon="search"
              placeholder={text.value.browser.search}
              value={search.value}
              onInput={(value) => {
                search.value = value;
              }}
            />
            <span class="metric-browser-count" aria-live="polite">
              {metrics.value ? text.value.browser.count(formatCount(found.length)) : ''}
            </span>
          </div>
          {error.value && <ErrorNotice error={error.value} />}
          {!metrics.value && !error.value && <Loading />}
          {metrics.value && (
            <MetricList
              metrics={found}
              chosen={chosen.value}
              onChoose={(metric) => {
                chosen.value = metric;
              }}
            />
          )}
        </div>
        <div class="metric-browser-details">
          {chosen.value ? (
            <MetricDetails
              key={chosen.value.name}
              name={chosen.value.name}
              meta={chosen.value.meta}
              window={control.window.peek()}
              onInsert={onInsert}
              onUse={onUse}
              onBack={() => {
                chosen.value = null;
              }}
            />
          ) : (
            <p class="metric-browser-hint">{text.value.browser.pick}</p>
          )}
        </div>
      </div>
    </SideSheet>
  );
}

function Loading() {
  return (
    <div class="metric-browser-loading" aria-busy="true">
      <span class="visually-hidden">{text.value.browser.loading}</span>
      {[60, 45, 70, 55, 65].map((width) => (
        <Skeleton key={width} width={`${width}%`} height="28px" />
      ))}
    </div>
  );
}

type MetricListProps = { metrics: readonly Metric[]; chosen: Metric | null; onChoose(metric: Metric): void };

function MetricList({ metrics, chosen, onChoose }: MetricListProps) {
  const { scroller, first, last } = useVisibleRows(metrics.length, rowHeight);
  if (metrics.length === 0) return <p class="metric-browser-hint">{text.value.browser.none}</p>;
  return (
    <div class="metric-browser-scroll" ref={scroller}>
      <ul style={{ height: `${metrics.length * rowHeight}px` }}>
        {metrics.slice(first, last).map((metric, i) => (
          <li key={metric.name} style={{ top: `${(first + i) * rowHeight}px`, height: `${rowHeight}px` }}>
            <button
              type="button"
              aria-pressed={chosen === metric}
              title={metric.meta?.help || metric.name}
              onClick={() => onChoose(metric)}
            >
              <span class="metric-name">{metric.name}</span>
              <span class="metric-type">{metric.meta?.type ?? ''}</span>
              <span class="metric-help">{metric.meta?.help ?? ''}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
