import { expect, test } from 'vitest';
import { createTimeControl } from '../../time/control';
import { rangeRequest } from './range-request';

test('the last minute by the second and the whole range are one question at two moments', () => {
  const control = createTimeControl({ from: 'now-15m', to: 'now', refreshSeconds: 5 });
  const eager = rangeRequest(control, 5, true);
  const whole = rangeRequest(control, 5);
  expect([eager.stepSeconds, whole.stepSeconds]).toEqual([1, 5]);
  expect(eager.identity).toBe(whole.identity);
  expect(eager.moment).not.toBe(whole.moment);
});
