import type { Unit } from '../../format/units';
import type { GraphData } from './ask-server';
import type { Drawing, QuerySpec } from './state';
import { inferUnit } from './unit-inference';

/** Whether a result has native histograms alone, which have no curve of their own. */
function isHistograms({ series, histograms }: GraphData): boolean {
  return histograms.length > 0 && series.length === 0;
}

/** How a result is drawn: as chosen, but histograms are a heatmap unless quantiles were asked for. */
export function drawingOf({ drawing }: QuerySpec, data: GraphData | null): Drawing {
  return data && isHistograms(data) && drawing !== 'quantiles' ? 'heatmap' : drawing;
}

/** The unit chosen, or the one that the expression tells; of histograms, that of what they observed. */
export function unitOf(spec: QuerySpec, data: GraphData | null): Unit {
  if (spec.unit) return spec.unit;
  const ofObservations = data && (isHistograms(data) || spec.drawing === 'heatmap');
  return inferUnit(ofObservations ? `histogram_quantile(0.5, ${spec.expr})` : spec.expr);
}
