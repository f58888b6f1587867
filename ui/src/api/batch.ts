import type { Matrix, MatrixSeries, VectorSample } from './columns';
import type { Result } from './errors';
import { queryInstant, queryRange } from './prometheus';
import type { RequestOptions } from './request';

/**
 * Several small expressions in one request: each is labelled with its name, and
 * the answer is taken apart again. An expression must not itself give series
 * that differ in nothing but this label.
 */
export type Batch<Name extends string> = Readonly<Record<Name, string>>;

const batchLabel = 'batch';

export function batchExpression(batch: Batch<string>): string {
  return Object.entries(batch)
    .map(([name, expression]) => `label_replace(${expression}, "${batchLabel}", "${name}", "", "")`)
    .join(' or ');
}

export type MatrixBatch<Name extends string> = { times: Float64Array; series: Record<Name, MatrixSeries[]> };

export async function queryRangeBatch<Name extends string>(
  batch: Batch<Name>,
  range: RequestOptions & { startSeconds: number; endSeconds: number; stepSeconds: number },
): Promise<Result<MatrixBatch<Name>>> {
  const result = await queryRange({ ...range, query: batchExpression(batch) });
  if (!result.ok) return result;
  return { ...result, data: splitMatrix(batch, result.data) };
}

export function splitMatrix<Name extends string>(batch: Batch<Name>, matrix: Matrix): MatrixBatch<Name> {
  return { times: matrix.times, series: split(batch, matrix.series) };
}

export async function queryInstantBatch<Name extends string>(
  batch: Batch<Name>,
  options: RequestOptions & { timeSeconds?: number } = {},
): Promise<Result<Record<Name, VectorSample[]>>> {
  const result = await queryInstant({ ...options, query: batchExpression(batch) });
  if (!result.ok) return result;
  return { ...result, data: split(batch, result.data.samples) };
}

function split<Name extends string, T extends { labels: Record<string, string> }>(
  batch: Batch<Name>,
  items: readonly T[],
): Record<Name, T[]> {
  const parts = Object.fromEntries(Object.keys(batch).map((name) => [name, []])) as unknown as Record<
    Name,
    T[]
  >;
  for (const item of items) {
    const { [batchLabel]: name = '', ...labels } = item.labels;
    parts[name as Name]?.push({ ...item, labels });
  }
  return parts;
}
