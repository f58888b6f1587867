import { expect, test } from 'vitest';
import { panelTime } from './panel-time';

const hour = 3_600_000;
const to = Date.UTC(2026, 0, 31, 14);
const window = { from: to - 6 * hour, to };
const relative = { from: 'now-6h', to: 'now' };

test.each([
  ['nothing of its own', {}, relative, window],
  ['a length', { timeFrom: '1h' }, relative, { from: to - hour, to }],
  ['a length beside a fixed range', { timeFrom: '1h' }, { from: '1', to: '2' }, window],
  ['a shift', { timeShift: '1d' }, relative, { from: window.from - 24 * hour, to: to - 24 * hour }],
  ['both', { timeFrom: '2h', timeShift: '1h' }, relative, { from: to - 3 * hour, to: to - hour }],
  [
    'today',
    { timeFrom: 'now/d' },
    relative,
    { from: Date.UTC(2026, 0, 31), to: Date.UTC(2026, 1, 1) - 1000 },
  ],
  ['nonsense', { timeFrom: 'soon', timeShift: 'later' }, relative, window],
] as const)('%s', (_, panel, range, wanted) => {
  expect(panelTime(panel, window, range, 'utc').window).toEqual(wanted);
});
