import './target-details.css';
import { formatLabels } from '../../api/columns';
import type { Target } from '../../api/scrape';
import { Icon } from '../../components/icon';
import { formatValue } from '../../format/units';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { formatDateTime } from '../../time/zone';
import { LabelDiffTable } from './label-diff-table';
import { RelabelSteps } from './relabel-steps';
import { lastScrapeSeconds } from './scrape-load';
import { TargetHistory } from './target-history';
import { text } from './text';

/** All that is known of a target: its last scrapes, and how its labels came about. */
export function TargetDetails({ target }: { target: Target }) {
  const { facts, explore } = text.value;
  const scraped = lastScrapeSeconds(target);
  const { instance, job } = target.labels;
  const selector = formatLabels(instance && job ? { instance, job } : target.labels);
  const items: [string, string | undefined][] = [
    [facts.url, target.scrapeUrl],
    [facts.globalURL, target.globalUrl === target.scrapeUrl ? undefined : target.globalUrl],
    [facts.interval, target.scrapeInterval],
    [facts.timeout, target.scrapeTimeout],
    [facts.lastScrape, scraped === null ? undefined : formatDateTime(scraped)],
    [
      facts.kept,
      target.samplesKept === undefined
        ? undefined
        : facts.keptOf(String(target.samplesKept), String(target.samplesScraped)),
    ],
    [facts.seriesAdded, target.seriesAdded === undefined ? undefined : String(target.seriesAdded)],
    [facts.series, target.series === undefined ? undefined : target.series.toLocaleString('en')],
    [facts.bodySize, target.bodyBytes === undefined ? undefined : formatValue(target.bodyBytes, 'bytes')],
  ];
  return (
    <div class="target-details">
      <div class="target-details-head">
        <dl class="target-facts">
          {items.map(
            ([name, value]) =>
              value !== undefined && (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
        </dl>
        {target.lastError && (
          <div class="target-full-error">
            <h3>{text.value.lastError}</h3>
            <p class="target-error">{target.lastError}</p>
          </div>
        )}
        <a class="button is-default" href={withBase(href('explore', {}, { expr: selector, tab: 'table' }))}>
          <Icon name="explore" />
          {explore}
        </a>
      </div>
      <TargetHistory labels={target.labels} />
      <LabelDiffTable before={target.discoveredLabels} after={target.labels} />
      <RelabelSteps scrapePool={target.scrapePool} labels={target.discoveredLabels} />
    </div>
  );
}
