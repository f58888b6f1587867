import './found-row.css';
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Labels } from '../../api/types';
import { Badge, LabelChip } from '../../components/badge';
import { Icon } from '../../components/icon';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { Health } from '../targets/health';
import { isSetting, sortedLabels } from '../targets/label-diff';
import { LabelDiffTable } from '../targets/label-diff-table';
import { RelabelSteps } from '../targets/relabel-steps';
import type { Found } from './filter';
import { text } from './text';

const maxChips = 8;

/** Something that was found: its labels, and the target that became of it or why none did. */
export function FoundRow({ found }: { found: Found }) {
  const isOpen = useSignal(false);
  const id = useId();
  const words = text.value;
  const { discoveredLabels } = found.target;
  const address = discoveredLabels.__address__ ?? found.scrapePool;
  return (
    <div class="found">
      <div class="found-line">
        <button
          type="button"
          class="found-toggle"
          aria-expanded={isOpen.value}
          aria-controls={isOpen.value ? id : undefined}
          aria-label={words.showDetails(address)}
          onClick={() => {
            isOpen.value = !isOpen.peek();
          }}
        >
          <Icon name={isOpen.value ? 'chevronDown' : 'chevronRight'} />
        </button>
        <div class="found-side">
          <span class="found-caption">{words.discovered}</span>
          <Chips labels={discoveredLabels} />
        </div>
        <span class="found-arrow" aria-hidden="true">
          <Icon name="chevronRight" size={14} />
        </span>
        {found.kind === 'active' ? (
          <div class="found-side">
            <span class="found-caption">{words.target}</span>
            <Chips labels={found.target.labels} />
            <span class="found-outcome">
              <Health health={found.target.health} />
              <a
                href={withBase(
                  href(
                    'targets',
                    {},
                    {
                      pool: found.scrapePool,
                      search: found.target.scrapeUrl,
                      target: `${found.scrapePool} ${found.target.scrapeUrl}`,
                    },
                  ),
                )}
              >
                {words.openTarget}
              </a>
            </span>
          </div>
        ) : (
          <div class="found-side">
            <span class="found-outcome">
              <Badge level="warn">{words.dropped}</Badge>
              <span class="found-reason">{found.target.reason || words.whyUnknown}</span>
            </span>
          </div>
        )}
      </div>
      {isOpen.value && (
        <div class="found-details" id={id}>
          {found.kind === 'active' && (
            <LabelDiffTable before={discoveredLabels} after={found.target.labels} />
          )}
          <RelabelSteps scrapePool={found.scrapePool} labels={discoveredLabels} beginsOpen />
          {found.kind === 'dropped' && <AllLabels labels={discoveredLabels} />}
        </div>
      )}
    </div>
  );
}

/** The labels that tell something; the scrape's settings are in the details. */
function Chips({ labels }: { labels: Labels }) {
  const telling = sortedLabels(labels).filter(([name]) => !isSetting(name));
  const rest = telling.length > maxChips ? telling.length - maxChips + 1 : 0;
  return (
    <span class="found-chips">
      {telling.slice(0, telling.length - rest).map(([name, value]) => (
        <LabelChip key={name} name={name} value={value} />
      ))}
      {rest > 0 && <span class="found-more">{text.value.more(rest)}</span>}
    </span>
  );
}

function AllLabels({ labels }: { labels: Labels }) {
  return (
    <section class="found-all" aria-label={text.value.discovered}>
      <h3>{text.value.discovered}</h3>
      <span class="found-chips">
        {sortedLabels(labels).map(([name, value]) => (
          <LabelChip key={name} name={name} value={value} />
        ))}
      </span>
    </section>
  );
}
