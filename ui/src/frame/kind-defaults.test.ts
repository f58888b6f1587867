import { expect, test } from 'vitest';
import { withKindDefaults } from './kind-defaults';

test('takes the palette for curves and thresholds for values, and keeps what is said', () => {
  expect(withKindDefaults('timeseries', undefined).defaults.color).toEqual({ mode: 'palette-classic' });
  expect(withKindDefaults('stat', undefined).defaults.color).toEqual({ mode: 'thresholds' });
  const given = {
    defaults: {
      unit: 's',
      color: { mode: 'fixed', fixedColor: 'red' },
      thresholds: { mode: 'absolute' as const, steps: [{ value: null, color: 'blue' }] },
    },
    overrides: [{ matcher: { id: 'byName', options: 'a' }, properties: [] }],
  };
  expect(withKindDefaults('timeseries', given)).toEqual(given);
  const { thresholds } = withKindDefaults('gauge', { defaults: { unit: 's' }, overrides: [] }).defaults;
  expect(thresholds?.steps.map(({ color }) => color)).toEqual(['green', 'red']);
});
