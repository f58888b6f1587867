import { useMemo } from 'preact/hooks';
import { Chart } from '../../chart/chart';
import type { ChartSeries } from '../../chart/model';
import { Panel } from '../../components/panel';
import { theme } from '../../shell/theme';
import type { TimeControl } from '../../time/control';
import { formatCount } from './format-count';
import { chartSeries, onGrid, queryShade } from './graph-series';
import { chartModes, crosshairGroup, graphHeight, legendCalculations } from './result-graph';
import type { Entry } from './session';
import { unitOf } from './shown-as';
import { queryLetter } from './state';
import { text } from './text';

/** Each query's share of what is drawn, so that one large result does not push the others out. */
const drawLimitPerQuery = 50;

/** All queries' curves in one graph, each query in shades of its own colour. */
export function CombinedGraph({ entries, control }: { entries: readonly Entry[]; control: TimeControl }) {
  const shown = entries
    .map((entry, index) => ({ entry, index, data: entry.graph.state.value.answer?.data }))
    .filter(({ entry }) => entry.spec.enabled && entry.spec.tab !== 'table');
  const answered = shown.flatMap(({ entry, index, data }) => (data ? [{ entry, index, data }] : []));
  const latest = answered.reduce<(typeof answered)[number] | undefined>(
    (best, one) => (best && best.data.window.endSeconds >= one.data.window.endSeconds ? best : one),
    undefined,
  );
  const times = latest?.data.times ?? emptyTimes;
  const series = useMemo(() => {
    const all: ChartSeries[] = [];
    for (const { entry, index, data } of answered) {
      const placed = onGrid(data, times).slice(0, drawLimitPerQuery);
      const shade = (i: number) => queryShade(index, i, placed.length, theme.value);
      for (const one of chartSeries(placed, entry.spec.legend, entry.spec.expr, shade)) {
        all.push({ ...one, name: `${queryLetter(index)} ${one.name}` });
      }
    }
    return all;
  }, [times, theme.value, ...answered.flatMap(({ data, entry }) => [data, entry.spec.legend])]);
  if (shown.length === 0) return null;
  const total = answered.reduce((sum, { data }) => sum + data.series.length, 0);
  const units = new Set(shown.map(({ entry, data }) => unitOf(entry.spec, data ?? null)));
  const isLoading = shown.some(({ entry }) => entry.graph.state.value.startedMilliseconds !== null);
  return (
    <Panel
      title={shown.map(({ index }) => queryLetter(index)).join(', ')}
      note={
        total > series.length
          ? text.value.drawLimit(formatCount(series.length), formatCount(total))
          : undefined
      }
    >
      <Chart
        title={text.value.title}
        times={times}
        series={series}
        window={latest?.data.window}
        unit={units.size === 1 ? [...units][0]! : 'short'}
        mode={chartModes[shown[0]!.entry.spec.drawing]}
        height={graphHeight}
        legend="table"
        calculations={legendCalculations()}
        crosshairGroup={crosshairGroup}
        loading={isLoading && !latest}
        onZoom={control.zoomTo}
        onZoomOut={control.zoomOut}
      />
    </Panel>
  );
}

const emptyTimes = new Float64Array();
