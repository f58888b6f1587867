import './home.css';
import { useRef } from 'preact/hooks';
import { useResult } from '../../api/use-result';
import { Select } from '../../components/field';
import { ErrorNotice } from '../../components/notice';
import { Page } from '../../components/page';
import { text as shellText } from '../../i18n/text';
import { stringParam, useQueryParam } from '../../router/query-param';
import { server } from '../../shell/server';
import { type TimeControl, useEagerRefresh, useTimeControl } from '../../time/control';
import { TimePicker } from '../../time/picker';
import { Machine } from './machine';
import { MachineSkeleton } from './machine-skeleton';
import { loadNodes, scrapeInterval } from './nodes';
import type { Node } from './queries';
import { Scraping } from './scraping';
import { text } from './text';

/** How long after its start a server without machine metrics may still get its first ones. */
const settlingSeconds = 30;
/** How often to look for new machines once there are some. */
const lookAgainSeconds = 60;
const assumedScrapeSeconds = 5;

export function HomePage() {
  const control = useTimeControl({ from: 'now-15m', to: 'now', refreshSeconds: 5 });
  const chosen = useQueryParam('instance', stringParam());
  const seconds = control.window.value.endSeconds;
  // Until the first is there, look with every refresh.
  const isFound = useRef(false);
  const { data, error } = useResult(
    loadNodes,
    'nodes',
    isFound.current ? Math.floor(seconds / lookAgainSeconds) : seconds,
  ).value;
  const all = data?.all ?? [];
  isFound.current = all.length > 0;
  const node = all.find(({ instance }) => instance === chosen.value) ?? all[data?.own ?? 0];
  useEagerRefresh(control, data !== null && all.length === 0 && isSettling());
  const t = text.value;
  return (
    <Page
      title={node && all.length === 1 ? node.name : shellText.value.nav.home}
      lead={
        all.length > 1 && node ? (
          <Select
            label={t.node}
            hideLabel
            value={node.instance}
            choices={all.map(({ instance, name }) => ({ value: instance, label: name }))}
            onChange={(instance) => chosen.set(instance, 'push')}
          />
        ) : undefined
      }
      actions={<TimePicker control={control} />}
    >
      <div class="home">
        {error && !data && !node && <ErrorNotice error={error} onRetry={control.refresh} />}
        {node ? (
          <KnownMachine key={`${node.job} ${node.instance}`} node={node} control={control} />
        ) : (
          <NoMachine control={control} isSure={data !== null && !isSettling()} hasFailed={error !== null} />
        )}
      </div>
    </Page>
  );
}

function isSettling(): boolean {
  return server.value !== null && server.value.uptimeSeconds < settlingSeconds;
}

function KnownMachine({ node, control }: { node: Node; control: TimeControl }) {
  const interval = useResult((signal) => scrapeInterval(node, signal), 'interval').value;
  if (!interval.data && interval.loading) return <MachineSkeleton />;
  return <Machine node={node} scrapeSeconds={interval.data ?? assumedScrapeSeconds} control={control} />;
}

type NoMachineProps = { control: TimeControl; isSure: boolean; hasFailed: boolean };

function NoMachine({ control, isSure, hasFailed }: NoMachineProps) {
  if (isSure) return <Scraping scrapeSeconds={assumedScrapeSeconds} control={control} />;
  return hasFailed ? null : <MachineSkeleton />;
}
