import { type Frame, isNumberField, isTimeField } from '../frame/frame';
import type { AnnotationMark } from '../panels/plugin';
import type { AnnotationQuery } from './model';

/** An annotation that a person made, as `/api/annotations` tells. */
export type StoredAnnotation = {
  id: number;
  dashboardUID?: string;
  panelId?: number;
  time: number;
  timeEnd?: number;
  text: string;
  tags?: string[];
  login?: string;
};

export function markOfStored(stored: StoredAnnotation, color: string, source: string): AnnotationMark {
  const { id, time, timeEnd, text, tags } = stored;
  return {
    id,
    time,
    timeEnd: timeEnd && timeEnd > time ? timeEnd : undefined,
    text,
    tags: tags ?? [],
    color,
    source,
  };
}

const fill = (format: string | undefined, labels: Record<string, string>) =>
  (format ?? '').replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');

/**
 * Annotations of a Prometheus query: where a series has values above zero, each
 * stretch of neighbouring points is one; with `useValueForTime` the values are
 * the times.
 */
export function marksOfFrames(
  frames: readonly Frame[],
  query: AnnotationQuery,
  color: string,
  stepMs: number,
): AnnotationMark[] {
  const marks: AnnotationMark[] = [];
  for (const frame of frames) {
    const times = frame.fields.find(isTimeField);
    if (!times) continue;
    const step = frame.meta?.stepMilliseconds ?? stepMs;
    for (const field of frame.fields.filter(isNumberField)) {
      const labels = field.labels ?? {};
      const tags = (query.tagKeys ?? '')
        .split(',')
        .map((key) => labels[key.trim()] ?? '')
        .filter((tag) => tag !== '');
      const shared = {
        title: fill(query.titleFormat, labels) || undefined,
        text: fill(query.textFormat, labels),
        tags,
        color,
        source: query.name,
      };
      if (query.useValueForTime) {
        for (const value of new Set(field.values)) if (value > 0) marks.push({ ...shared, time: value });
        continue;
      }
      let last: AnnotationMark | null = null;
      for (let i = 0; i < frame.length; i++) {
        const [time, value] = [times.values[i]!, field.values[i]!];
        if (!(value > 0)) {
          last = null;
          continue;
        }
        if (last && time - (last.timeEnd ?? last.time) <= step * 1.01) {
          last.timeEnd = time;
          continue;
        }
        last = { ...shared, time };
        marks.push(last);
      }
    }
  }
  return marks;
}

/** Whether a query's annotations belong on a panel. */
export function showsOn(query: AnnotationQuery, panelId: number): boolean {
  const { filter } = query;
  if (!filter?.ids?.length) return true;
  return filter.ids.includes(panelId) !== Boolean(filter.exclude);
}
