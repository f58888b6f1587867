import './job-section.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { type JobView, paginate } from './filter';
import { FoundRow } from './found-row';
import { text } from './text';

const pageSize = 25;

export type JobSectionProps = { job: JobView; isOpen: boolean; isFiltered: boolean; onToggle(): void };

/** One job, page by page: what it found and what became of each. */
export function JobSection({ job, isOpen, isFiltered, onToggle }: JobSectionProps) {
  const { name, found, activeCount, droppedCount, forgottenCount } = job;
  const words = text.value;
  const total = activeCount + droppedCount;
  return (
    <section class="job" aria-label={name}>
      <button
        type="button"
        class={isOpen ? 'job-toggle is-open' : 'job-toggle'}
        aria-expanded={isOpen}
        onClick={onToggle}
      >
        <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} />
        <h2 class="job-name">{name}</h2>
        <span class={activeCount === 0 ? 'job-counts is-warn' : 'job-counts'}>
          {total === 0 ? words.jobEmpty : words.jobCounts(activeCount, total)}
        </span>
        {isFiltered && <span class="job-shown">{words.shown(found.length)}</span>}
        {total > 0 && (
          <span class="job-bar" aria-hidden="true">
            {activeCount > 0 && <span class="is-active" style={{ flexGrow: activeCount }} />}
            {droppedCount > 0 && <span class="is-dropped" style={{ flexGrow: droppedCount }} />}
          </span>
        )}
      </button>
      {isOpen && <Content job={job} />}
      {isOpen && forgottenCount > 0 && <p class="job-note">{words.forgotten(forgottenCount)}</p>}
    </section>
  );
}

function Content({ job: { found, activeCount, droppedCount } }: { job: JobView }) {
  const page = useSignal(1);
  const words = text.value;
  const shown = paginate(found, page.value, pageSize);
  // A filter that shortens the list must not leave its reader beyond the end.
  useEffect(() => {
    page.value = shown.page;
  }, [shown.page]);
  if (activeCount + droppedCount === 0) {
    return (
      <p class="job-note">
        <strong>{words.foundNothing}</strong> {words.foundNothingHint}
      </p>
    );
  }
  return (
    <>
      <ul class="job-rows">
        {shown.items.map((one) => (
          <li key={one.key}>
            <FoundRow found={one} />
          </li>
        ))}
      </ul>
      {shown.pageCount > 1 && (
        <nav class="job-pages" aria-label={words.pages}>
          <span>{words.range(shown.first, shown.last, found.length)}</span>
          <IconButton
            icon="chevronLeft"
            label={words.previous}
            disabled={shown.page === 1}
            onClick={() => {
              page.value = shown.page - 1;
            }}
          />
          <IconButton
            icon="chevronRight"
            label={words.next}
            disabled={shown.page === shown.pageCount}
            onClick={() => {
              page.value = shown.page + 1;
            }}
          />
        </nav>
      )}
    </>
  );
}
