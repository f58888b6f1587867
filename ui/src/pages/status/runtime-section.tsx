import './runtime-section.css';
import { useSignal } from '@preact/signals';
import { buildInfo, reloadConfig, runtimeInfo } from '../../api/prometheus';
import { selfMetrics } from '../../api/storage';
import { useResult } from '../../api/use-result';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { ErrorNotice, Notice } from '../../components/notice';
import { Panel } from '../../components/panel';
import { clock, RelativeTime } from '../../components/relative-time';
import { formatValue } from '../../format/units';
import { text as shared } from '../../i18n/text';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { server } from '../../shell/server';
import { toast } from '../../shell/toasts';
import { useMoment } from '../../time/moment';
import { formatDateTime } from '../../time/zone';
import { Facts } from './facts';
import { MemoryPanel } from './memory-panel';
import { useRate } from './rate';
import { text } from './text';

const metricNames = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_open_fds',
  'process_max_fds',
];

/** The process: what it is, what it was told, what it takes. */
export function RuntimeSection() {
  const moment = useMoment(5);
  const build = useResult((signal) => buildInfo({ signal }), 'build', Math.floor(moment.value / 6)).value;
  const runtime = useResult((signal) => runtimeInfo({ signal }), 'runtime', moment.value).value;
  const metrics = useResult((signal) => selfMetrics(metricNames, { signal }), 'metrics', moment.value).value;
  const cpu = useRate(metrics.data?.get('process_cpu_seconds_total'), metrics.data);

  const words = text.value.runtime;
  const own = server.value;
  const info = runtime.data;
  const version = own?.version ?? build.data?.version;
  const revision = own?.revision ?? build.data?.revision;
  const started = info ? Date.parse(info.startTime) / 1000 : own ? Date.parse(own.startTime) / 1000 : null;
  const unknown = runtime.error && runtime.error.kind !== 'unavailable' && !info ? null : undefined;
  const of = <T,>(value: T | undefined) => (info ? value : unknown);
  const metric = (name: string) =>
    metrics.data?.get(name) ?? (metrics.error || metrics.data ? null : undefined);
  const memory = metric('process_resident_memory_bytes');
  const open = metric('process_open_fds');
  const max = metric('process_max_fds');
  // Go's way to say that there is no limit.
  const limit = info && (info.GOMEMLIMIT >= 2 ** 62 ? words.noLimit : formatValue(info.GOMEMLIMIT, 'bytes'));
  return (
    <>
      {runtime.error && runtime.error.kind !== 'unavailable' && (
        <ErrorNotice error={runtime.error} onRetry={moment.refresh} />
      )}
      <div class="runtime">
        <Panel title={words.program}>
          <Facts
            facts={[
              { name: words.version, value: version },
              {
                name: words.compatible,
                value: own && own.prometheusVersion !== own.version ? own.prometheusVersion : null,
              },
              {
                name: words.revision,
                value: revision === undefined ? undefined : revision && <code>{revision}</code>,
              },
              { name: words.goVersion, value: own?.goVersion ?? build.data?.goVersion },
              { name: words.uptime, value: started === null ? unknown : <Uptime seconds={started} /> },
              { name: words.started, value: started === null ? unknown : formatDateTime(started) },
              { name: words.host, value: of(info?.hostname) },
              { name: words.directory, value: of(info?.CWD) },
            ]}
          />
        </Panel>
        <Configuration
          isLoaded={own?.config ? own.config.successful : info?.reloadConfigSuccess}
          lastLoaded={own?.config?.success ?? info?.lastConfigTime}
        />
        <Panel title={words.resources}>
          <Facts
            facts={[
              {
                name: words.cpu,
                value: metrics.error
                  ? null
                  : cpu === null
                    ? undefined
                    : words.cpuCores(cpu.toFixed(cpu < 0.1 ? 3 : 2)),
              },
              { name: words.memory, value: memory ? formatValue(memory, 'bytes') : memory },
              { name: words.memoryLimit, value: of(limit ?? undefined) },
              { name: words.goroutines, value: of(info?.goroutineCount) },
              { name: words.maxProcs, value: of(info?.GOMAXPROCS) },
              { name: words.gc, value: info?.GOGC ?? null },
              { name: words.debug, value: info?.GODEBUG ?? null },
              {
                name: words.files,
                value:
                  typeof open === 'number' && typeof max === 'number'
                    ? words.filesOf(String(open), max.toLocaleString('en'))
                    : open,
              },
            ]}
          />
        </Panel>
        <MemoryPanel moment={moment.value} />
        <Panel
          title={words.storage}
          actions={<a href={withBase(href('status', { section: 'storage' }))}>{shared.value.nav.storage}</a>}
        >
          <Facts
            facts={[
              { name: words.retention, value: of(info?.storageRetention) },
              { name: words.path, value: own?.storage?.path ?? null },
              { name: words.corruptions, value: of(info?.corruptionCount) },
            ]}
          />
        </Panel>
      </div>
    </>
  );
}

function Uptime({ seconds }: { seconds: number }) {
  return <>{formatValue(Math.max(0, Math.floor(clock.value - seconds)), 's')}</>;
}

/** How the last reload went, and why it failed. */
function Configuration({
  isLoaded,
  lastLoaded,
}: {
  isLoaded: boolean | undefined;
  lastLoaded: string | undefined;
}) {
  const isReloading = useSignal(false);
  const words = text.value.runtime;
  const own = server.value;
  const reload = async () => {
    isReloading.value = true;
    const result = await reloadConfig();
    isReloading.value = false;
    if (result.ok) toast({ level: 'ok', message: words.reloaded });
    else toast({ level: 'bad', message: words.configBad, detail: result.error.message });
  };
  return (
    <Panel
      title={words.config}
      actions={
        own?.lifecycleEnabled && (
          <Button icon="refresh" kind="quiet" onClick={reload} disabled={isReloading.value}>
            {words.reload}
          </Button>
        )
      }
    >
      {isLoaded === false && (
        <Notice level="bad" title={words.configBad}>
          {own?.config?.error && <p class="notice-detail">{own.config.error}</p>}
          <p>{words.configOld}</p>
        </Notice>
      )}
      <Facts
        facts={[
          {
            name: words.lastReload,
            value:
              isLoaded === undefined ? undefined : (
                <Badge level={isLoaded ? 'ok' : 'bad'}>
                  {isLoaded ? words.configOk : words.configFailed}
                </Badge>
              ),
          },
          { name: words.lastLoaded, value: lastLoaded && <When time={lastLoaded} /> },
          {
            name: words.lastTried,
            value: own?.config?.attempt && isLoaded === false ? <When time={own.config.attempt} /> : null,
          },
          { name: words.cause, value: own?.config?.cause ?? null },
          { name: '', value: <a href={withBase(href('status', { section: 'config' }))}>{words.show}</a> },
        ]}
      />
    </Panel>
  );
}

function When({ time }: { time: string }) {
  const seconds = Date.parse(time) / 1000;
  if (!(seconds > 0)) return <>–</>;
  return (
    <>
      {formatDateTime(seconds)} · <RelativeTime seconds={seconds} />
    </>
  );
}
