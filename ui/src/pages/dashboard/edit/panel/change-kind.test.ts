import { expect, test } from 'vitest';
import type { Panel } from '../../../../dashboard/model';
import type { PanelPlugin } from '../../../../panels/plugin';
import { newPanelOf, withKind } from './change-kind';

function plugin(parts: Partial<PanelPlugin>): PanelPlugin {
  return {
    component: () => null,
    options: [],
    fieldOptions: [],
    defaults: { options: {}, fieldConfig: {} },
    ...parts,
  };
}

const legend = (values: string[]) => ({
  path: 'legend.displayMode',
  name: ['Legend', '범례'] as [string, string],
  input: 'select' as const,
  choices: values.map((value) => ({ value, name: [value, value] as [string, string] })),
});

const graph = plugin({
  options: [legend(['list', 'table', 'hidden'])],
  fieldOptions: [{ path: 'fillOpacity', name: ['Fill', '채움'], input: 'slider', min: 0, max: 100, step: 1 }],
  defaults: {
    options: { legend: { displayMode: 'list', calcs: [] } },
    fieldConfig: { color: { mode: 'palette-classic' }, custom: { fillOpacity: 0 } },
  },
});
const stat = plugin({
  options: [{ path: 'textMode', name: ['Text', '글'], input: 'text' }, legend(['list'])],
  defaults: { options: { textMode: 'auto' }, fieldConfig: { color: { mode: 'thresholds' } } },
});

const panel: Panel = {
  id: 7,
  type: 'timeseries',
  title: 'CPU',
  gridPos: { x: 0, y: 0, w: 12, h: 8 },
  targets: [{ refId: 'A', expr: 'up' }],
  options: { legend: { displayMode: 'table', calcs: ['max'] } },
  fieldConfig: {
    defaults: {
      unit: 'bytes',
      color: { mode: 'palette-classic' },
      custom: { fillOpacity: 20, lineWidth: 2 },
    },
    overrides: [
      {
        matcher: { id: 'byName', options: 'a' },
        properties: [
          { id: 'unit', value: 's' },
          { id: 'custom.fillOpacity', value: 5 },
        ],
      },
      { matcher: { id: 'byName', options: 'b' }, properties: [{ id: 'custom.fillOpacity', value: 5 }] },
    ],
  },
  pluginVersion: '9.0.0',
  libraryPanel: { uid: 'x' },
};

test('another kind keeps queries, field options and what it can take', () => {
  const next = withKind(panel, 'stat', stat, graph);
  expect(next).toMatchObject({
    id: 7,
    type: 'stat',
    title: 'CPU',
    targets: panel.targets,
    libraryPanel: { uid: 'x' },
  });
  expect(next.options).toEqual({ textMode: 'auto' });
  expect(next.fieldConfig).toEqual({
    defaults: { unit: 'bytes', color: { mode: 'thresholds' } },
    overrides: [{ matcher: { id: 'byName', options: 'a' }, properties: [{ id: 'unit', value: 's' }] }],
  });
  expect('pluginVersion' in next).toBe(false);
});

test('a colour that was chosen stays, and the same kind changes nothing that it knows', () => {
  const chosen = structuredClone(panel);
  chosen.fieldConfig!.defaults.color = { mode: 'fixed', fixedColor: 'red' };
  expect(withKind(chosen, 'stat', stat, graph).fieldConfig?.defaults.color).toEqual({
    mode: 'fixed',
    fixedColor: 'red',
  });
  const same = withKind(panel, 'timeseries', graph, graph);
  expect(same.fieldConfig?.defaults.custom).toEqual({ fillOpacity: 20 });
  expect(same.options).toEqual({ legend: { displayMode: 'table', calcs: [] } });
});

test('new panels do not share what the plugin begins with', () => {
  const one = newPanelOf('timeseries', graph);
  (one.options!.legend as { displayMode: string }).displayMode = 'x';
  expect(newPanelOf('timeseries', graph).options).toEqual(graph.defaults.options);
});
