import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { ApiError } from '../../api/errors';
import { series as findSeries } from '../../api/prometheus';
import type { Labels, MetricMetadata } from '../../api/types';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { Icon } from '../../components/icon';
import { ErrorNotice, Skeleton } from '../../components/notice';
import type { TimeWindow } from '../../time/range';
import { formatCount } from './format-count';
import {
  type Choice,
  choiceSelector,
  type LabelUsage,
  labelUsage,
  matching,
  withToggled,
} from './label-usage';
import { suggestedQueries } from './suggested-queries';
import { text } from './text';

/** Looking at more series for their labels would take long, and tell little more. */
const seriesLimit = 10_000;
const shownValues = 50;

export type MetricDetailsProps = {
  name: string;
  meta: MetricMetadata | undefined;
  window: TimeWindow;
  onInsert(expr: string): void;
  onUse(expr: string): void;
  onBack(): void;
};

/** A metric's labels and values with their counts, from which a selector is built. */
export function MetricDetails({ name, meta, window, onInsert, onUse, onBack }: MetricDetailsProps) {
  const series = useSignal<readonly Labels[] | null>(null);
  const error = useSignal<ApiError | null>(null);
  const choice = useSignal<Choice>(new Map());
  useEffect(() => {
    const controller = new AbortController();
    findSeries({
      match: [`{__name__=${JSON.stringify(name)}}`],
      limit: seriesLimit,
      ...window,
      signal: controller.signal,
    }).then((found) => {
      if (found.ok) series.value = found.data;
      else error.value = found.error;
    });
    return () => controller.abort();
  }, [name]);
  const usages = useMemo(() => labelUsage(series.value ?? []), [series.value]);
  const selector = choiceSelector(name, choice.value);
  const count = matching(series.value ?? [], choice.value).length;
  return (
    <div class="metric-details">
      <button type="button" class="metric-details-back" onClick={onBack}>
        <Icon name="chevronLeft" size={14} /> {text.value.browser.back}
      </button>
      <h3>{name}</h3>
      <p class="metric-details-meta">
        <span class="metric-type">{meta?.type ?? text.value.browser.unknownType}</span>
        {meta?.unit && <span>{meta.unit}</span>}
        {series.value && <span>{text.value.browser.series(formatCount(count))}</span>}
      </p>
      {meta?.help && <p class="metric-details-help">{meta.help}</p>}
      {series.value && series.value.length >= seriesLimit && (
        <p class="metric-details-help">{text.value.browser.truncated}</p>
      )}
      <div class="metric-details-use">
        <code class="metric-details-selector" title={text.value.browser.selector}>
          {selector}
        </code>
        <div class="metric-details-actions">
          <Button kind="primary" onClick={() => onUse(selector)}>
            {text.value.browser.use}
          </Button>
          <Button onClick={() => onInsert(selector)}>{text.value.browser.insert}</Button>
          {suggestedQueries(name, meta?.type, selector).map(({ kind, expr }) => (
            <Button key={kind} title={expr} onClick={() => onUse(expr)}>
              {text.value.browser[kind]}
            </Button>
          ))}
        </div>
      </div>
      <h4>{text.value.browser.labels}</h4>
      {error.value && <ErrorNotice error={error.value} />}
      {!series.value && !error.value && <Skeleton height="80px" />}
      <ul class="metric-labels">
        {usages.map((usage) => (
          <LabelValues
            key={usage.name}
            usage={usage}
            series={series.value ?? []}
            choice={choice.value}
            onToggle={(value) => {
              choice.value = withToggled(choice.value, usage.name, value);
            }}
          />
        ))}
      </ul>
    </div>
  );
}

type LabelValuesProps = {
  usage: LabelUsage;
  series: readonly Labels[];
  choice: Choice;
  onToggle(value: string): void;
};

function LabelValues({ usage, series, choice, onToggle }: LabelValuesProps) {
  const filter = useSignal('');
  const { name, values } = usage;
  const chosen = choice.get(name);
  // Counts follow what is chosen for the other labels.
  const counts = useMemo(() => {
    const remaining = new Map<string, number>();
    for (const labels of matching(series, choice, name)) {
      const value = labels[name];
      if (value !== undefined) remaining.set(value, (remaining.get(value) ?? 0) + 1);
    }
    return remaining;
  }, [series, choice, name]);
  const wanted = filter.value.toLowerCase();
  const shown = values.filter(({ value }) => value.toLowerCase().includes(wanted)).slice(0, shownValues);
  return (
    <li>
      <details open={values.length <= 12 || chosen !== undefined}>
        <summary>
          <span class="metric-label-name">{name}</span>
          <span class="metric-label-count">{text.value.browser.values(formatCount(values.length))}</span>
        </summary>
        {values.length > 12 && (
          <TextField
            label={text.value.browser.filterValues}
            hideLabel
            type="search"
            placeholder={text.value.browser.filterValues}
            value={filter.value}
            onInput={(value) => {
              filter.value = value;
            }}
          />
        )}
        <div class="metric-values">
          {shown.map(({ value }) => (
            <button
              key={value}
              type="button"
              class="metric-value"
              aria-pressed={chosen?.has(value) ?? false}
              disabled={!chosen?.has(value) && !counts.has(value)}
              onClick={() => onToggle(value)}
            >
              {value || '""'}
              <span class="metric-value-count">{formatCount(counts.get(value) ?? 0)}</span>
            </button>
          ))}
          {values.length > shown.length && wanted === '' && (
            <span class="metric-value-more">+{formatCount(values.length - shown.length)}</span>
          )}
        </div>
      </details>
    </li>
  );
}
