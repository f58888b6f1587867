import { expect, test } from 'vitest';
import { grafanaComId } from './import-api';

test.each([
  ['1860', '1860'],
  [' 1860 ', '1860'],
  ['https://grafana.com/grafana/dashboards/1860-node-exporter-full/', '1860'],
  ['https://example.org/grafana/dashboards/1860', null],
  ['node', null],
  ['', null],
])('%s: %s', (written, expected) => {
  expect(grafanaComId(written)).toBe(expected);
});
