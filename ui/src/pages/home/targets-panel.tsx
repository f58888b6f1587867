import './targets-panel.css';
import { queryInstantBatch } from '../../api/batch';
import { useResult } from '../../api/use-result';
import { Badge } from '../../components/badge';
import { Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import type { TimeControl } from '../../time/control';
import { targetsBatch } from './queries';
import { text } from './text';

const maxJobs = 5;
const maxDown = 3;

/** Health of what is scraped, by job, the broken first. */
export function TargetsPanel({ control }: { control: TimeControl }) {
  const t = text.value;
  const seconds = control.window.value.endSeconds;
  const { data } = useResult(
    (signal) => queryInstantBatch(targetsBatch, { signal }),
    'targets',
    Math.floor(seconds / 5),
  ).value;
  const jobs = (data?.total ?? [])
    .map(({ labels, value: total }) => ({
      job: labels.job ?? '',
      total,
      up: data?.up.find((one) => one.labels.job === labels.job)?.value ?? 0,
    }))
    .sort((a, b) => a.up / a.total - b.up / b.total || a.job.localeCompare(b.job));
  const up = jobs.reduce((sum, job) => sum + job.up, 0);
  const total = jobs.reduce((sum, job) => sum + job.total, 0);
  const down = data?.down ?? [];
  return (
    <Panel
      title={t.targets}
      note={data && total > 0 ? `${up} / ${total} ${t.up}` : undefined}
      actions={
        <a class="targets-all" href={withBase(href('targets'))}>
          {t.allTargets}
        </a>
      }
    >
      <div class="targets-list">
        {!data && [0, 1].map((row) => <Skeleton key={row} height="20px" />)}
        {data && jobs.length === 0 && <p class="home-empty">{t.noTargets}</p>}
        {jobs.slice(0, maxJobs).map((job) => (
          <div key={job.job} class="targets-job">
            <span class="targets-name">{job.job}</span>
            <span class="targets-count">
              {job.up} / {job.total}
            </span>
            <Badge level={job.up === job.total ? 'ok' : 'bad'}>
              {job.up === job.total ? t.up : `${job.total - job.up} ${t.isDown}`}
            </Badge>
          </div>
        ))}
        {jobs.length > maxJobs && (
          <a class="targets-more" href={withBase(href('targets'))}>
            + {jobs.length - maxJobs}
          </a>
        )}
        {down.slice(0, maxDown).map(({ labels }) => (
          <a
            key={`${labels.job} ${labels.instance}`}
            class="targets-down"
            href={withBase(href('targets', {}, { search: labels.instance ?? '' }))}
          >
            {labels.instance}
          </a>
        ))}
      </div>
    </Panel>
  );
}
