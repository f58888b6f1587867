import type { Labels, RawHistogram, RawQueryData, RawSeries } from './types';

/**
 * A range result as columns: every series shares `times`, the grid of the
 * query (seconds), and `values[i]` is its value at `times[i]`. NaN stands where
 * it has none; a stored NaN looks the same, which is what a graph wants.
 */
export type Matrix = { times: Float64Array; series: MatrixSeries[] };

export type MatrixSeries = { labels: Labels; values: Float64Array };

/** An instant result. Scalars and strings come as one sample without labels. */
export type Vector = { resultType: RawQueryData['resultType']; samples: VectorSample[] };

export type VectorSample = {
  labels: Labels;
  /** Seconds. */
  time: number;
  value: number;
  /** As the server wrote it, for showing without loss; also the text of a string result. */
  valueText: string;
  histogram?: RawHistogram;
};

/** Parses a sample value: `NaN`, `+Inf`, `-Inf` and Go's float formats. */
export function parseValue(text: string): number {
  switch (text) {
    case '+Inf':
    case 'Inf':
      return Number.POSITIVE_INFINITY;
    case '-Inf':
      return Number.NEGATIVE_INFINITY;
    default:
      return text === '' ? Number.NaN : Number(text);
  }
}

export function gridTimes(startSeconds: number, endSeconds: number, stepSeconds: number): Float64Array {
  const count = Math.max(0, Math.floor((endSeconds - startSeconds) / stepSeconds + 1e-6) + 1);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) times[i] = startSeconds + i * stepSeconds;
  return times;
}

/** Places a range result on the grid that was asked for. Histograms count as their sum over count: their mean. */
export function toMatrix(
  result: RawSeries[],
  startSeconds: number,
  endSeconds: number,
  stepSeconds: number,
): Matrix {
  const times = gridTimes(startSeconds, endSeconds, stepSeconds);
  const place = (values: Float64Array, time: number, value: number) => {
    const index = Math.round((time - startSeconds) / stepSeconds);
    if (index >= 0 && index < values.length) values[index] = value;
  };
  const series = result.map(({ metric, values: points, histograms }) => {
    const values = new Float64Array(times.length).fill(Number.NaN);
    for (const [time, text] of points ?? []) place(values, time, parseValue(text));
    for (const [time, { sum, count }] of histograms ?? [])
      place(values, time, parseValue(sum) / parseValue(count));
    return { labels: metric, values };
  });
  return { times, series };
}

export function toVector(data: RawQueryData): Vector {
  if (data.resultType === 'vector') {
    return {
      resultType: data.resultType,
      samples: data.result.map(({ metric, value, histogram }) => ({
        labels: metric,
        time: value?.[0] ?? histogram?.[0] ?? Number.NaN,
        value: value ? parseValue(value[1]) : Number.NaN,
        valueText: value?.[1] ?? '',
        histogram: histogram?.[1],
      })),
    };
  }
  if (data.resultType === 'matrix') {
    return {
      resultType: data.resultType,
      samples: data.result.flatMap(({ metric, values, histograms }) => [
        ...(values ?? []).map(([time, text]) => ({
          labels: metric,
          time,
          value: parseValue(text),
          valueText: text,
        })),
        ...(histograms ?? []).map(([time, histogram]) => ({
          labels: metric,
          time,
          value: Number.NaN,
          valueText: '',
          histogram,
        })),
      ]),
    };
  }
  const [time, text] = data.result;
  const value = data.resultType === 'scalar' ? parseValue(text) : Number.NaN;
  return { resultType: data.resultType, samples: [{ labels: {}, time, value, valueText: text }] };
}

/** `name{label="value"}`, as Prometheus writes a series. */
export function formatLabels(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  if (pairs.length === 0) return name || '{}';
  return `${name}{${pairs.join(', ')}}`;
}
