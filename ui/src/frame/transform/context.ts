import type { Field, Frame } from '../frame';
import { displayNames } from '../names';

export type TransformContext = {
  interpolate?(text: string, scoped?: Record<string, unknown>): string;
  timeZone: string;
};

/** Makes new frames of frames; those given, and their columns, stay as they are. */
export type Transformer = (
  frames: readonly Frame[],
  options: Record<string, unknown>,
  context: TransformContext,
) => readonly Frame[];

/** Gives the names by which a dashboard's options mean fields. */
export function naming(frames: readonly Frame[]): (field: Field) => string {
  const names = displayNames(frames);
  return (field) => names.get(field) ?? field.name;
}

/** Options come from JSON that may hold anything. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The refId of a frame made of several, which overrides may name. */
export function joinedRefId(id: string, frames: readonly Frame[]): string {
  return `${id}-${[...new Set(frames.map(({ refId }) => refId ?? ''))].filter(Boolean).join('-')}`;
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
