import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hasServerEvents, onServerEvents } from './server-events';

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 1;

  constructor(readonly address: string) {
    super();
    FakeSource.all.push(this);
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }

  static get open(): FakeSource[] {
    return FakeSource.all.filter(({ readyState }) => readyState !== FakeSource.CLOSED);
  }
}

class FakePage extends EventTarget {
  hidden = false;

  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: FakePage;
let stops: (() => void)[];

function listen(...names: Parameters<typeof onServerEvents>[0]) {
  const call = vi.fn();
  const stop = onServerEvents(names, call);
  stops.push(stop);
  return { call, stop };
}

function say(name: string): void {
  for (const source of FakeSource.open) source.dispatchEvent(new Event(name));
}

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakePage();
  stops = [];
  FakeSource.all = [];
  vi.stubGlobal('document', page);
  vi.stubGlobal('EventSource', FakeSource);
  hasServerEvents.value = true;
});

afterEach(() => {
  for (const stop of stops) stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('all listeners share one stream, which ends with the last of them', async () => {
  const reload = listen('config-reload');
  const both = listen('config-reload', 'target-health-changed');
  expect(FakeSource.all).toHaveLength(1);
  say('target-health-changed');
  await vi.advanceTimersByTimeAsync(0);
  expect([reload.call.mock.calls.length, both.call.mock.calls.length]).toEqual([0, 1]);
  both.stop();
  say('config-reload');
  await vi.advanceTimersByTimeAsync(0);
  expect([reload.call.mock.calls.length, both.call.mock.calls.length]).toEqual([1, 1]);
  reload.stop();
  expect(FakeSource.open).toHaveLength(0);
});

test('much that happens is one call a second', async () => {
  const { call } = listen('config-reload');
  for (let i = 0; i < 5; i++) say('config-reload');
  await vi.advanceTimersByTimeAsync(0);
  for (let i = 0; i < 5; i++) say('config-reload');
  await vi.advanceTimersByTimeAsync(999);
  expect(call).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(call).toHaveBeenCalledTimes(2);
});

test('a server without the stream is not asked for it', () => {
  hasServerEvents.value = false;
  listen('config-reload');
  expect(FakeSource.all).toHaveLength(0);
  hasServerEvents.value = true;
  expect(FakeSource.open).toHaveLength(1);
});

test('a hidden page holds no stream, and hears of what it may have missed', async () => {
  const { call } = listen('config-reload');
  say('open');
  page.show(false);
  expect(FakeSource.open).toHaveLength(0);
  page.show(true);
  expect(FakeSource.open).toHaveLength(1);
  expect(call).not.toHaveBeenCalled();
  say('open');
  await vi.advanceTimersByTimeAsync(0);
  expect(call).toHaveBeenCalledTimes(1);
});

test('a refused stream is asked for again, a lost one is left to the browser', async () => {
  listen('config-reload');
  FakeSource.all[0]!.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSource.all).toHaveLength(1);
  FakeSource.all[0]!.close();
  FakeSource.all[0]!.dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSource.all).toHaveLength(2);
  expect(FakeSource.open).toHaveLength(1);
});
