import { useMemo } from 'preact/hooks';
import { theme } from '../shell/theme';
import { type FieldValue, fieldValues, type ReduceOptions } from './field-values';
import type { PanelProps } from './plugin';

/** The values of a panel, worked out again when data, options, theme or variables change. */
export function useFieldValues(
  { frames, panel, timeZone, context }: PanelProps,
  withChange = false,
): readonly FieldValue[] {
  const mode = theme.value;
  const reduce = panel.options?.reduceOptions as ReduceOptions | undefined;
  return useMemo(
    () =>
      fieldValues(frames, reduce, { interpolate: context.interpolate, timeZone, theme: mode }, withChange),
    [frames, reduce, context, timeZone, mode, withChange],
  );
}
