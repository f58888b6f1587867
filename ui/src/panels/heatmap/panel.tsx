import './heatmap.css';
import { useMemo } from 'preact/hooks';
import { chartColors } from '../../chart/colors';
import { PlotCanvas } from '../../chart/plot-canvas';
import type { PlotState } from '../../chart/plot-view';
import { formatUnit } from '../../format/units';
import { text as shared } from '../../i18n/text';
import { theme } from '../../shell/theme';
import { formatDateTime } from '../../time/zone';
import type { PanelProps } from '../plugin';
import { cellsOf } from './cells';
import { drawHeatmap, type HeatmapOptions, pickCells } from './draw';
import { heatmapColors } from './schemes';
import { text } from './text';

const legendHeight = 28;

export function HeatmapPanel(props: PanelProps) {
  const { panel, frames, loading, window, timeZone, width, height, crosshair, context } = props;
  const options = (panel.options ?? {}) as HeatmapOptions;
  const cells = useMemo(() => {
    const all = cellsOf(frames, options, window);
    return all && pickCells(all, options);
  }, [frames, panel.options, options.calculate ? window : null]);
  const colors = useMemo(
    () => heatmapColors(options.color ?? {}, theme.value, chartColors(theme.value).surface),
    [options.color, theme.value],
  );
  const draw = useMemo(
    () =>
      drawHeatmap({
        cells,
        options,
        colors,
        frames,
        window,
        zone: timeZone,
        theme: theme.value,
        words: text.value,
      }),
    [cells, options, colors, frames, window, timeZone, theme.value, text.value],
  );
  const { zoomTo, zoomOut, annotate } = context;
  const state: PlotState = {
    theme: theme.value,
    draw,
    crosshair,
    hasTooltip: options.tooltip?.mode !== 'none' && options.tooltip?.show !== false,
    onZoom: zoomTo && ((from, to) => zoomTo({ from: Math.round(from), to: Math.round(to) })),
    onZoomOut: zoomOut && (() => zoomOut()),
    onAnnotate: annotate && ((from, to) => annotate({ from, to })),
  };
  const title = context.interpolate(panel.title ?? '');
  const range = [window.from, window.to].map((time) => formatDateTime(time / 1000, timeZone)).join(' – ');
  const hasLegend = options.legend?.show !== false && cells !== null && height > 120;
  const format = (value: number) => {
    const {
      prefix,
      text: number,
      suffix,
    } = formatUnit(options.cellValues?.unit ?? 'short', value, options.cellValues?.decimals);
    return prefix + number + suffix;
  };
  const label = cells
    ? text.value.summary(title, range, format(cells.min), format(cells.max))
    : `${title}: ${shared.value.chart.noData}`;
  return (
    <div class="heatmap" style={{ width: `${width}px`, height: `${height}px` }}>
      <PlotCanvas
        label={label}
        isBusy={loading}
        emptyText={cells ? null : panel.fieldConfig?.defaults.noValue || shared.value.chart.noData}
        state={state}
      />
      {hasLegend && (
        <div class="heatmap-legend" style={{ height: `${legendHeight}px` }}>
          <span>{format(cells.min)}</span>
          <div
            class="heatmap-scale"
            style={{ background: `linear-gradient(90deg, ${colors.join(', ')})` }}
            role="img"
            aria-label={text.value.scale}
          />
          <span>{format(cells.max)}</span>
        </div>
      )}
    </div>
  );
}
