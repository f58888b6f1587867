import './target-row.css';
import { useId } from 'preact/hooks';
import type { Target } from '../../api/scrape';
import { LabelChip } from '../../components/badge';
import { Icon } from '../../components/icon';
import { RelativeTime } from '../../components/relative-time';
import { formatValue } from '../../format/units';
import { explainError } from './error-reason';
import { Health } from './health';
import { sortedLabels } from './label-diff';
import { lastScrapeSeconds, scrapeLoad } from './scrape-load';
import { TargetDetails } from './target-details';
import { text } from './text';

export type TargetRowProps = { target: Target; isOpen: boolean; onToggle(): void };

export function TargetRow({ target, isOpen, onToggle }: TargetRowProps) {
  const id = useId();
  const words = text.value;
  const scraped = lastScrapeSeconds(target);
  return (
    <div class={`target is-${target.health}`}>
      <div class="target-line target-columns">
        <button
          type="button"
          class="target-toggle"
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          aria-label={`${words.details}: ${target.scrapeUrl}`}
          onClick={onToggle}
        >
          <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} />
        </button>
        <Health health={target.health} />
        <div class="target-identity">
          <a class="target-url" href={target.globalUrl || target.scrapeUrl} target="_blank" rel="noreferrer">
            {target.scrapeUrl}
          </a>
          <div class="target-labels">
            {sortedLabels(target.labels).map(([name, value]) => (
              <LabelChip key={name} name={name} value={value} />
            ))}
          </div>
        </div>
        <span class="target-when">
          <span class="target-caption">{words.lastScrape}</span>
          {scraped === null ? words.never : <RelativeTime seconds={scraped} />}
        </span>
        <Duration target={target} isKnown={scraped !== null} />
        <span class="target-samples is-number">
          <span class="target-caption">{words.samples}</span>
          {target.samplesScraped === undefined || scraped === null
            ? '–'
            : target.samplesScraped.toLocaleString('en')}
        </span>
      </div>
      {target.lastError && <Failure target={target} />}
      {!!target.seriesRefused && <LeftOut target={target} />}
      {isOpen && (
        <div id={id}>
          <TargetDetails target={target} />
        </div>
      )}
    </div>
  );
}

function Failure({ target }: { target: Target }) {
  const reason = explainError(target);
  const { why, hint } = text.value.reasons[reason.kind];
  return (
    <div class="target-failure">
      <p class="target-why">
        <strong>{why(reason)}</strong> {(reason.kind === 'other' && reason.serverHint) || hint(reason)}
      </p>
      <p class="target-error" title={target.lastError}>
        <span class="visually-hidden">{text.value.lastError}: </span>
        {reason.message}
      </p>
    </div>
  );
}

/** Series for which there is no room; the others are stored. */
function LeftOut({ target }: { target: Target }) {
  const { refused } = text.value;
  const since = Date.parse(target.refusedSince ?? '') / 1000;
  return (
    <div class="target-failure is-warn">
      <p class="target-why">
        <strong>{refused.why((target.seriesRefused ?? 0).toLocaleString('en'))}</strong> {refused.hint}{' '}
        {since > 0 && (
          <>
            {refused.since} <RelativeTime seconds={since} />
          </>
        )}
      </p>
      <p class="target-error">{target.refusedReason}</p>
    </div>
  );
}

/** What a scrape takes of its interval; the mark is the timeout. */
function Duration({ target, isKnown }: { target: Target; isKnown: boolean }) {
  const { level, used, timeout } = scrapeLoad(target);
  const shown = isKnown ? formatValue(target.lastScrapeDuration, 's') : '–';
  const title = text.value.durationTitle(shown, target.scrapeInterval, target.scrapeTimeout);
  return (
    <span class="target-duration" title={title}>
      <span class="target-caption">{text.value.duration}</span>
      <span>
        {shown} <span class="target-interval">/ {target.scrapeInterval}</span>
      </span>
      <span class="target-bar" aria-hidden="true">
        <span class={`target-bar-used is-${level}`} style={{ width: isKnown ? `${used * 100}%` : 0 }} />
        {timeout < 1 && <span class="target-bar-timeout" style={{ left: `${timeout * 100}%` }} />}
      </span>
    </span>
  );
}
