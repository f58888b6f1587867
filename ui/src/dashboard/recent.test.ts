import { expect, test } from 'vitest';
import { recentDashboards, rememberDashboard } from './recent';

test('the last one opened comes first, each once', () => {
  for (const uid of ['a', 'b', 'a', '', 'with space']) rememberDashboard(uid);
  expect(recentDashboards()).toEqual(['a', 'b']);
  for (let i = 0; i < 40; i++) rememberDashboard(`n${i}`);
  expect(recentDashboards()).toHaveLength(30);
  expect(recentDashboards()[0]).toBe('n39');
});
