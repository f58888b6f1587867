import { expect, test } from 'vitest';
import type { Result } from '../../api/errors';
import { Run } from './run';

function deferred() {
  let resolve: (result: Result<string>) => void = () => {};
  let signal: AbortSignal | undefined;
  const promise = new Promise<Result<string>>((done) => {
    resolve = done;
  });
  return {
    send: (given: AbortSignal) => {
      signal = given;
      return promise;
    },
    async answer(data: string) {
      resolve({ ok: true, data, warnings: [], infos: [] });
      await promise;
    },
    async fail(message: string) {
      resolve({ ok: false, error: { kind: 'execution', message } });
      await promise;
    },
    get aborted() {
      return signal?.aborted;
    },
  };
}

test('the answer stays while the next run is on its way', async () => {
  const run = new Run<string>();
  const [first, second] = [deferred(), deferred()];
  run.ask('a@1', 'a', first.send);
  expect(run.state.value.startedMilliseconds).not.toBeNull();
  await first.answer('one');
  expect(run.state.value).toMatchObject({ answer: { data: 'one' }, error: null, startedMilliseconds: null });
  run.ask('a@2', 'a', second.send);
  expect(run.state.value.answer?.data).toBe('one');
  await second.fail('too many samples');
  expect(run.state.value).toMatchObject({ answer: null, error: { message: 'too many samples' } });
});

test('the same question is asked once', () => {
  const run = new Run<string>();
  run.ask('a@1', 'a', deferred().send);
  run.ask('a@1', 'a', () => {
    throw new Error('asked twice');
  });
});

test('a refresh waits for a slow run, another query does not', async () => {
  const run = new Run<string>();
  const [slow, refresh, other] = [deferred(), deferred(), deferred()];
  run.ask('a@1', 'a', slow.send);
  run.ask('a@2', 'a', refresh.send);
  expect(refresh.aborted).toBeUndefined();
  run.ask('b@2', 'b', other.send);
  expect(slow.aborted).toBe(true);
  await slow.answer('late');
  expect(run.state.value.answer).toBeNull();
  await other.answer('b');
  expect(run.state.value.answer?.data).toBe('b');
});

test('a cancelled run tells so and can be asked again', async () => {
  const run = new Run<string>();
  const [first, second] = [deferred(), deferred()];
  run.ask('a@1 run 1', 'a run 1', first.send);
  run.cancel();
  expect(first.aborted).toBe(true);
  expect(run.state.value.error?.kind).toBe('aborted');
  run.ask('a@2 run 1', 'a run 1', () => {
    throw new Error('a refresh brought it back');
  });
  run.ask('a@2 run 2', 'a run 2', second.send);
  await second.answer('again');
  expect(run.state.value).toMatchObject({ answer: { data: 'again' }, error: null });
  run.clear();
  expect(run.state.value.answer).toBeNull();
});
