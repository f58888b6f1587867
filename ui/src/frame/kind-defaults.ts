import type { FieldConfigSource, Thresholds } from '../dashboard/model';

/** Kinds whose series take their colours from the palette where a dashboard does not say; all others from thresholds. */
const colorModes: Readonly<Record<string, string>> = {
  timeseries: 'palette-classic',
  barchart: 'palette-classic',
  histogram: 'palette-classic',
  piechart: 'palette-classic',
  'state-timeline': 'continuous-GrYlRd',
};

const thresholds: Thresholds = {
  mode: 'absolute',
  steps: [
    { value: null, color: 'green' },
    { value: 80, color: 'red' },
  ],
};

/** Field options with what Grafana takes for those that a dashboard leaves out, which depends on the kind of panel. */
export function withKindDefaults(kind: string, source: FieldConfigSource | undefined): FieldConfigSource {
  const given = source?.defaults ?? {};
  const defaults = { ...given };
  if (!given.color?.mode) defaults.color = { ...given.color, mode: colorModes[kind] ?? 'thresholds' };
  if (!given.thresholds?.steps?.length) defaults.thresholds = thresholds;
  return { defaults, overrides: source?.overrides ?? [] };
}
