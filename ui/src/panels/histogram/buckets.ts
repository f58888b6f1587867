import type { Frame, NumberField } from '../../frame/frame';

export type HistogramOptions = {
  bucketSize?: number;
  bucketCount?: number;
  bucketOffset?: number;
  combine?: boolean;
};

export type Buckets = {
  /** Ends of the buckets: one more than there are. */
  edges: Float64Array;
  /** How many values of each field fall into each bucket; one field for all where they are combined. */
  counts: { field: NumberField; values: Float64Array }[];
};

const usualCount = 30;

/** Sorts values into buckets of one size, or takes the buckets that frames have already. */
export function bucketsOf(frames: readonly Frame[], options: HistogramOptions): Buckets | null {
  const made = frames.find(({ fields }) =>
    fields.some(({ name }) => name === 'xMin' || name === 'BucketMin'),
  );
  if (made) return madeBuckets(made);
  const fields = frames.flatMap((frame) =>
    frame.fields.filter((field): field is NumberField => field.type === 'number'),
  );
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of fields) {
    for (const value of values) {
      if (value < min) min = value;
      if (value > max && value < Number.POSITIVE_INFINITY) max = value;
    }
  }
  if (!Number.isFinite(min) || min > max) return null;
  const size = sizeOf(min, max, options);
  const offset = options.bucketOffset ?? 0;
  const bucketOf = (value: number) => Math.floor((value - offset) / size + 1e-9);
  const first = bucketOf(min);
  const length = Math.min(10_000, bucketOf(max) - first + 1);
  const edges = Float64Array.from({ length: length + 1 }, (_, i) =>
    Number(((first + i) * size + offset).toPrecision(12)),
  );
  const counted = fields.map((field) => ({ field, values: new Float64Array(length) }));
  for (const { field, values } of counted) {
    for (const value of field.values) {
      const bucket = bucketOf(value) - first;
      if (bucket >= 0 && bucket < length) values[bucket]!++;
    }
  }
  if (!options.combine || counted.length < 2) return { edges, counts: counted };
  const sum = new Float64Array(length);
  for (const { values } of counted) {
    for (let i = 0; i < length; i++) sum[i]! += values[i]!;
  }
  return { edges, counts: [{ field: counted[0]!.field, values: sum }] };
}

function sizeOf(min: number, max: number, { bucketSize, bucketCount }: HistogramOptions): number {
  if (bucketSize && bucketSize > 0 && (max - min) / bucketSize < 10_000) return bucketSize;
  const least = (max - min) / (bucketCount && bucketCount > 0 ? Math.min(bucketCount, 1000) : usualCount);
  if (least <= 0) return Math.abs(max) / 10 || 1;
  const magnitude = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 4, 5, 10].find((lead) => lead * magnitude >= least * (1 - 1e-9)) ?? 10) * magnitude;
}

function madeBuckets({ fields, length }: Frame): Buckets | null {
  const column = (...names: string[]) => fields.find((field) => names.includes(field.name));
  const low = column('xMin', 'BucketMin');
  const high = column('xMax', 'BucketMax');
  const counts = fields.filter(
    (field): field is NumberField => field.type === 'number' && field !== low && field !== high,
  );
  if (!low || length === 0 || counts.length === 0) return null;
  const edges = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) edges[i] = Number(low.values[i]);
  edges[length] = high ? Number(high.values[length - 1]) : 2 * edges[length - 1]! - (edges[length - 2] ?? 0);
  return { edges, counts: counts.map((field) => ({ field, values: field.values })) };
}
