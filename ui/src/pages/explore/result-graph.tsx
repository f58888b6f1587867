import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Chart } from '../../chart/chart';
import type { Calculation, ChartMode } from '../../chart/model';
import { Button } from '../../components/button';
import { Notice } from '../../components/notice';
import type { TimeControl } from '../../time/control';
import { type GraphData, isEmpty } from './ask-server';
import { EmptyHint } from './empty-hint';
import { formatCount } from './format-count';
import { chartSeries } from './graph-series';
import { Heatmap } from './heatmap';
import { heatmapOfBuckets, heatmapOfHistograms, quantileSeries } from './histogram';
import type { Entry, ExploreSession } from './session';
import { drawingOf, unitOf } from './shown-as';
import type { Drawing, QuerySpec } from './state';
import { text } from './text';

/** A phone has no room for more beside the names. */
export function legendCalculations(): readonly Calculation[] | undefined {
  return window.innerWidth <= 720 ? ['last', 'max'] : undefined;
}

/** Drawing more takes long enough to be asked for. */
const drawLimit = 100;
export const graphHeight = 320;
export const crosshairGroup = 'explore';

export const chartModes: Record<Drawing, ChartMode> = {
  lines: 'line',
  area: 'area',
  stacked: 'stacked',
  heatmap: 'line',
  quantiles: 'line',
};

export type ResultGraphProps = {
  session: ExploreSession;
  control: TimeControl;
  entry: Entry;
  title: string;
};

export function ResultGraph({ session, control, entry, title }: ResultGraphProps) {
  const { answer, startedMilliseconds } = entry.graph.state.value;
  const { spec } = entry;
  const data = answer?.data ?? null;
  if (data && isEmpty(data)) {
    return (
      <EmptyHint
        expr={spec.expr}
        window={data.window}
        control={control}
        onPick={(expr) => recall(session, entry, expr)}
      />
    );
  }
  return (
    <GraphOf
      data={data}
      spec={spec}
      title={`${title}: ${spec.expr}`}
      control={control}
      isLoading={startedMilliseconds !== null}
    />
  );
}

function recall(session: ExploreSession, entry: Entry, expr: string): void {
  entry.draft.value = expr;
  session.run(entry.id);
}

const noTimes = new Float64Array();

type GraphOfProps = {
  data: GraphData | null;
  spec: QuerySpec;
  title: string;
  control: TimeControl;
  isLoading: boolean;
};

function GraphOf({ data, spec, title, control, isLoading }: GraphOfProps) {
  const drawsAll = useSignal(false);
  useEffect(() => {
    drawsAll.value = false;
  }, [spec.expr]);
  const unit = unitOf(spec, data);
  const drawing = drawingOf(spec, data);
  const heatmap = useMemo(() => {
    if (!data || drawing !== 'heatmap') return null;
    return data.histograms.length > 0
      ? heatmapOfHistograms(data.histograms, data.times.length)
      : heatmapOfBuckets(data.series, data.times.length);
  }, [data, drawing]);
  const all = useMemo(() => {
    if (!data) return [];
    const quantiles = drawing === 'quantiles' ? quantileSeries(data.histograms, data.times.length) : [];
    return chartSeries([...data.series, ...quantiles], spec.legend, spec.expr);
  }, [data, drawing, spec.legend]);
  const isCut = all.length > drawLimit && !drawsAll.value;
  const series = useMemo(() => (isCut ? all.slice(0, drawLimit) : all), [all, isCut]);
  const zoom = {
    onZoom: (start: number, end: number) => control.zoomTo(start, end),
    onZoomOut: () => control.zoomOut(),
  };
  if (data && heatmap) {
    return (
      <div class="query-graph">
        <Heatmap
          title={title}
          data={heatmap}
          times={data.times}
          stepSeconds={data.stepSeconds}
          window={data.window}
          unit={unit}
          height={graphHeight}
          {...zoom}
        />
      </div>
    );
  }
  return (
    <div class="query-graph">
      {data && drawing === 'heatmap' && (
        <Notice level="info">
          <p>{text.value.heatmap.notHistogram}</p>
        </Notice>
      )}
      {isCut && (
        <div class="query-limit">
          <Notice level="info">
            <p>
              {text.value.drawLimit(formatCount(drawLimit), formatCount(all.length))}{' '}
              <Button
                onClick={() => {
                  drawsAll.value = true;
                }}
              >
                {text.value.drawAll(formatCount(all.length))}
              </Button>
            </p>
          </Notice>
        </div>
      )}
      <Chart
        title={title}
        times={data?.times ?? noTimes}
        series={series}
        window={data?.window}
        unit={unit}
        mode={chartModes[drawing]}
        height={graphHeight}
        legend="table"
        calculations={legendCalculations()}
        crosshairGroup={crosshairGroup}
        loading={isLoading && !data}
        emptyText={text.value.nan}
        {...zoom}
      />
    </div>
  );
}
