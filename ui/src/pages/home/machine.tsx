import { useMemo, useRef } from 'preact/hooks';
import { queryInstantBatch, queryRangeBatch } from '../../api/batch';
import { useResult } from '../../api/use-result';
import type { ChartSeries } from '../../chart/model';
import { ErrorNotice } from '../../components/notice';
import { formatValue } from '../../format/units';
import { type TimeControl, useEagerRefresh } from '../../time/control';
import { isRelative } from '../../time/range';
import { calendarTime, formatDateTime, zone } from '../../time/zone';
import { ChangesPanel } from './changes-panel';
import { ChartPanel } from './chart-panel';
import { Filesystems } from './filesystems';
import { freeOn, shapeMachine, shapeTraffic } from './machine-data';
import { machineBatch, matchers, momentBatch, type Node, trafficBatch } from './queries';
import { rangeRequest } from './range-request';
import { SelfPanel } from './self-panel';
import { firstPresent, indexOfTime, lastValue, youngWindow } from './shape';
import { TargetsPanel } from './targets-panel';
import { text } from './text';
import { Tile } from './tile';

/** After this, missing numbers are not on their way. */
const longestWaitMilliseconds = 90_000;

type MachineProps = { node: Node; scrapeSeconds: number; control: TimeControl };

/** One machine: its headline numbers, its charts, what changed. */
export function Machine({ node, scrapeSeconds, control }: MachineProps) {
  // Whether the first curve is still to come; known from the last answer.
  const isWaiting = useRef(false);
  const shownAt = useRef(performance.now());
  const request = rangeRequest(control, scrapeSeconds, isWaiting.current);
  const { window, stepSeconds, rateWindow, moment } = request;
  const identity = `${node.job} ${node.instance} ${request.identity}`;
  const range = { ...window, stepSeconds };
  const machine = useResult(
    (signal) => queryRangeBatch(machineBatch(node, rateWindow), { ...range, signal }),
    identity,
    moment,
  ).value;
  const traffic = useResult(
    (signal) => queryRangeBatch(trafficBatch(node, rateWindow), { ...range, signal }),
    identity,
    moment,
  ).value;
  const now = useResult(
    (signal) => queryInstantBatch(momentBatch(node), { timeSeconds: window.endSeconds, signal }),
    identity,
    moment,
  ).value;

  const host = useMemo(() => machine.data && shapeMachine(machine.data), [machine.data, text.value]);
  const flow = useMemo(() => traffic.data && shapeTraffic(traffic.data), [traffic.data, text.value]);
  const loading = !host;
  const t = text.value;

  const times = machine.data?.times ?? noTimes;
  const firstSample = machine.data ? firstPresent(machine.data.series.load1) : -1;
  const shown = times.length > 1 ? { startSeconds: times[0]!, endSeconds: times.at(-1)! } : window;
  const isYoung = firstSample > 1 && isRelative(control.range.value);
  const chartWindow = isYoung ? youngWindow(shown, times[firstSample]!) : shown;
  const ageSeconds = firstSample > 1 ? shown.endSeconds - times[firstSample]! : Number.POSITIVE_INFINITY;
  isWaiting.current =
    host !== null &&
    host.cpu.length === 0 &&
    isRelative(control.range.value) &&
    (firstSample < 0 || ageSeconds <= 4 * scrapeSeconds) &&
    performance.now() - shownAt.current < longestWaitMilliseconds;
  useEagerRefresh(control, isWaiting.current);
  // A rate needs a second scrape.
  const readySeconds =
    (firstSample < 0 ? window.endSeconds + scrapeSeconds : times[firstSample]!) + scrapeSeconds;
  const waitSeconds = Math.max(1, Math.ceil(readySeconds + 1 - control.window.value.endSeconds));
  const emptyText = isWaiting.current ? t.collecting(waitSeconds) : undefined;

  const shared = {
    window: chartWindow,
    loading,
    emptyText,
    onZoom: control.zoomTo,
    onZoomOut: control.zoomOut,
  };
  const expressions = machineBatch(node, '$__rate_interval');
  const flows = trafficBatch(node, '$__rate_interval');
  const tileRange = (values: Float64Array | undefined) =>
    isYoung && values ? values.subarray(indexOfTime(times, chartWindow.startSeconds)) : values;
  const boot = now.data?.boot[0]?.value ?? Number.NaN;
  const uptime = (times.at(-1) ?? Number.NaN) - boot;
  const root = flow?.fullest;
  return (
    <>
      {machine.error && !machine.data && <ErrorNotice error={machine.error} onRetry={control.refresh} />}
      <div class="home-tiles">
        <Tile
          label={t.cpu}
          value={lastValue(host?.cpuTotal)}
          unit="percentunit"
          note={host && Number.isFinite(host.cores) ? t.cores(host.cores) : undefined}
          values={tileRange(host?.cpuTotal)}
          min={0}
          loading={loading}
        />
        <Tile
          label={t.memory}
          value={lastValue(host?.memoryShare)}
          unit="percentunit"
          note={
            host && t.usedOf(formatValue(host.memoryUsed, 'bytes'), formatValue(host.memoryTotal, 'bytes'))
          }
          values={tileRange(host?.memoryShare)}
          min={0}
          max={1}
          level={levelOf(lastValue(host?.memoryShare), 0.9, 0.97)}
          loading={loading}
        />
        <Tile
          label={t.disk}
          value={lastValue(root?.values)}
          unit="percentunit"
          note={root && t.onMount(root.mountpoint, formatValue(freeOn(now.data, root.mountpoint), 'bytes'))}
          values={tileRange(root?.values)}
          min={0}
          max={1}
          level={levelOf(lastValue(root?.values), 0.85, 0.95)}
          loading={!flow}
        />
        <Tile
          label={t.received}
          value={lastValue(flow?.received)}
          unit="Bps"
          note={flow?.interfaces}
          values={tileRange(flow?.received)}
          min={0}
          loading={!flow}
        />
        <Tile
          label={t.sent}
          value={lastValue(flow?.sent)}
          unit="Bps"
          note={flow?.interfaces}
          values={tileRange(flow?.sent)}
          min={0}
          loading={!flow}
        />
        <Tile
          label={t.load}
          value={lastValue(host?.load1)}
          unit="short"
          decimals={2}
          note={host && t.loads(formatValue(host.load5, 'none', 2), formatValue(host.load15, 'none', 2))}
          values={tileRange(host?.load1)}
          min={0}
          loading={loading}
        />
        <Tile
          label={t.uptime}
          value={uptime}
          unit="s"
          note={Number.isFinite(boot) ? t.since(bootText(boot, times.at(-1))) : undefined}
          loading={loading || (!now.data && now.loading)}
        />
      </div>
      <div class="home-grid">
        <ChartPanel
          title={t.cpuByMode}
          expression={expressions.cpu}
          times={times}
          series={host?.cpu ?? noSeries}
          unit="percentunit"
          mode="stacked"
          {...shared}
        />
        <ChartPanel
          title={t.memory}
          expression={expressions.memoryAvailable}
          times={times}
          series={host?.memory ?? noSeries}
          unit="bytes"
          mode="stacked"
          {...shared}
        />
        <ChartPanel
          title={t.networkThroughput}
          note={t.inAbove}
          expression={flows.received}
          times={traffic.data?.times ?? noTimes}
          series={flow?.network ?? noSeries}
          unit="Bps"
          mode="area"
          {...shared}
        />
        <ChartPanel
          title={t.diskThroughput}
          note={t.readAbove}
          expression={flows.diskWritten}
          times={traffic.data?.times ?? noTimes}
          series={flow?.disk ?? noSeries}
          unit="Bps"
          mode="area"
          {...shared}
        />
        <ChartPanel
          title={t.loadAverage}
          expression={`{__name__=~"node_load(1|5|15)",${matchers(node).slice(1)}`}
          times={times}
          series={host?.load ?? noSeries}
          unit="short"
          min={0}
          {...shared}
        />
        <ChangesPanel
          node={node}
          identity={identity}
          scrapeSeconds={scrapeSeconds}
          nowSeconds={window.endSeconds}
          ageSeconds={ageSeconds}
          known={machine.data !== null}
        />
        <Filesystems now={now.data} />
        <TargetsPanel control={control} />
        <SelfPanel request={request} />
      </div>
    </>
  );
}

const noTimes = new Float64Array(0);
const noSeries: readonly ChartSeries[] = [];

function levelOf(value: number, warn: number, bad: number): 'warn' | 'bad' | undefined {
  if (value >= bad) return 'bad';
  return value >= warn ? 'warn' : undefined;
}

/** Date alone where the day is not today. */
function bootText(boot: number, nowSeconds: number | undefined): string {
  const [date, clock] = formatDateTime(boot).split(' ') as [string, string];
  const isToday =
    nowSeconds !== undefined && calendarDay(boot) === calendarDay(nowSeconds) && nowSeconds - boot < 86400;
  return isToday ? clock.slice(0, 5) : date;
}

function calendarDay(seconds: number): number {
  return calendarTime(seconds, zone.value).day;
}
