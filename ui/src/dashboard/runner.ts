import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { runView, ViewAnswer, ViewCost, ViewQuery } from '../api/view';
import type { Frame } from '../frame/frame';
import type { PanelWindow } from '../panels/plugin';
import { mentionedDeep } from '../variables/interpolate';
import type { Scope } from '../variables/scope';
import type { Panel } from './model';
import { sharesAnswers } from './queries';

/** What is known of a panel's queries. */
export type PanelData = {
  /** In the order of the panel's queries, before transformations. The old ones while newer are asked for. */
  answers: readonly Frame[];
  loading: boolean;
  errors: readonly PanelError[];
  costs: ReadonlyMap<string, ViewCost>;
  /** What was asked last. */
  queries: readonly ViewQuery[];
  /** The time that the answers are of. */
  window: PanelWindow;
  /** Names of variables that are waited for. */
  waitsFor: readonly string[];
};

export type PanelError = { refId: string; message: string; kind: string };

/** What a panel shown somewhere wants to know. */
export type PanelWish = { panel: Panel; scope: Scope; width: number };

export type PanelWatch = {
  data: ReadonlySignal<PanelData>;
  /** Tells what the panel is now; it is asked for when that is another question. */
  wish(wish: PanelWish): void;
  /** Ends the watch. What is known stays for a while, should the panel come back. */
  end(): void;
};

/** Asks for the data of all panels that are watched, many in one request, and each only when its question changed. */
export type QueryRunner = {
  watch(key: string): PanelWatch;
  /** What is known of a panel, without asking. */
  peek(key: string): PanelData | undefined;
  dispose(): void;
};

export type RunnerOptions = {
  ask: typeof runView;
  window: ReadonlySignal<PanelWindow>;
  /** Text of the range: another one is another question, a later moment of the same is a refresh. */
  rangeIdentity: ReadonlySignal<string>;
  timeZone: ReadonlySignal<string>;
  /** The time of a panel that has its own. */
  windowOf(panel: Panel, window: PanelWindow): PanelWindow;
  /** The queries of a panel. Reads signals: a change of what it read asks again. */
  build(wish: PanelWish, key: string, number: number, window: PanelWindow): ViewQuery[];
  /** False while any of these variables is not known yet. */
  isSettled(names: readonly string[]): boolean;
  /** Whether all that `build` needs is there. */
  isReady: ReadonlySignal<boolean>;
  /** Finds the panel whose answers another one shows. */
  findPanel(id: number): Panel | undefined;
};

type Entry = {
  key: string;
  number: number;
  wish: Signal<PanelWish | null>;
  watchers: number;
  data: Signal<PanelData>;
  /** The question that was asked last, or is being asked. */
  asked: { identity: string; window: PanelWindow } | null;
  /** The question that `answers` belong to. */
  answered: string;
  running: { pending: Set<string>; frames: Map<string, readonly Frame[]>; batch: Batch } | null;
  /** A refresh came while a question was under way. */
  isStale: boolean;
};

type Batch = { abort: AbortController; entries: Set<Entry> };

/** Panels out of sight that are remembered. */
const keptEntries = 300;

export function createRunner(options: RunnerOptions): QueryRunner {
  const entries = new Map<string, Entry>();
  const changed = signal(0);
  let nextNumber = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDisposed = false;

  const entryOf = (key: string): Entry => {
    const known = entries.get(key);
    if (known) {
      // The ones used last stand last.
      entries.delete(key);
      entries.set(key, known);
      return known;
    }
    const entry: Entry = {
      key,
      number: nextNumber++,
      wish: signal(null),
      watchers: 0,
      data: signal({
        answers: [],
        loading: true,
        errors: [],
        costs: new Map(),
        queries: [],
        window: options.window.peek(),
        waitsFor: [],
      }),
      asked: null,
      answered: '',
      running: null,
      isStale: false,
    };
    entries.set(key, entry);
    for (const [oldKey, old] of entries) {
      if (entries.size <= keptEntries) break;
      if (old.watchers === 0) entries.delete(oldKey);
    }
    return entry;
  };

  const patch = (entry: Entry, change: Partial<PanelData>) => {
    entry.data.value = { ...entry.data.peek(), ...change };
  };

  const leaveBatch = (entry: Entry) => {
    const { running } = entry;
    if (!running) return;
    entry.running = null;
    running.batch.entries.delete(entry);
    if (running.batch.entries.size === 0) running.batch.abort.abort();
  };

  /** Gathers what must be asked, and asks it in one request. */
  const flush = () => {
    timer = undefined;
    if (isDisposed || !options.isReady.peek()) return;
    const queries: ViewQuery[] = [];
    const view: Batch = { abort: new AbortController(), entries: new Set() };
    const dashboardWindow = options.window.peek();
    const rangeIdentity = options.rangeIdentity.peek();
    batch(() => {
      for (const entry of entries.values()) {
        const wish = entry.wish.peek();
        if (entry.watchers === 0 || !wish || sharesAnswers(wish.panel)) continue;
        const names = mentionedDeep([wish.panel.targets, wish.panel.datasource, wish.panel.interval]);
        const waitsFor = names.filter((name) => !(name in wish.scope) && !options.isSettled([name]));
        if (waitsFor.length > 0) {
          patch(entry, { waitsFor, loading: true });
          continue;
        }
        const window = options.windowOf(wish.panel, dashboardWindow);
        const own = options.build(wish, entry.key, entry.number, window);
        const identity = JSON.stringify([rangeIdentity, own]);
        const { asked } = entry;
        const isSame = asked?.identity === identity;
        if (isSame && asked.window.from === window.from && asked.window.to === window.to) {
          if (entry.data.peek().waitsFor.length > 0)
            patch(entry, { waitsFor: [], loading: entry.running !== null });
          continue;
        }
        if (isSame && entry.running) {
          // A slow source gets to answer before it is asked again.
          entry.isStale = true;
          continue;
        }
        leaveBatch(entry);
        entry.asked = { identity, window };
        if (own.length === 0) {
          patch(entry, {
            answers: [],
            errors: [],
            costs: new Map(),
            queries: own,
            loading: false,
            window,
            waitsFor: [],
          });
          continue;
        }
        entry.running = { pending: new Set(own.map(({ key }) => key)), frames: new Map(), batch: view };
        view.entries.add(entry);
        patch(entry, { loading: true, queries: own, waitsFor: [] });
        const isOwnTime = window.from !== dashboardWindow.from || window.to !== dashboardWindow.to;
        queries.push(...(isOwnTime ? own.map((query) => ({ ...query, ...window })) : own));
      }
    });
    if (queries.length > 0) void run(view, queries, dashboardWindow);
  };

  const run = async (view: Batch, queries: ViewQuery[], window: PanelWindow) => {
    const byKey = new Map<string, Entry>();
    for (const entry of view.entries) for (const key of entry.running!.pending) byKey.set(key, entry);
    const errors = new Map<Entry, PanelError[]>();
    const costs = new Map<Entry, Map<string, ViewCost>>();
    const finish = (entry: Entry) => {
      const { running } = entry;
      if (running?.batch !== view) return;
      entry.running = null;
      view.entries.delete(entry);
      const hidden = new Set(
        (entry.wish.peek()?.panel.targets ?? []).filter(({ hide }) => hide).map(({ refId }) => refId),
      );
      const asked = entry.data.peek().queries;
      const answers = asked.flatMap(({ key, target }) =>
        hidden.has(target.refId) ? [] : (running.frames.get(key) ?? []),
      );
      const told = errors.get(entry) ?? [];
      // An answer that fails leaves what was seen, as long as it answers the same question.
      const identity = entry.asked?.identity ?? '';
      const keepsOld = told.length > 0 && answers.length === 0 && entry.answered === identity;
      entry.answered = identity;
      patch(entry, {
        answers: keepsOld ? entry.data.peek().answers : answers,
        loading: false,
        errors: told,
        costs: costs.get(entry) ?? new Map(),
        window: keepsOld ? entry.data.peek().window : (entry.asked?.window ?? window),
      });
      if (!entry.isStale) return;
      entry.isStale = false;
      schedule();
    };
    const onAnswer = (answer: ViewAnswer) => {
      const entry = byKey.get(answer.key);
      const running = entry?.running;
      if (!entry || running?.batch !== view || !running.pending.delete(answer.key)) return;
      const refId = answer.key.slice(entry.key.length + 1);
      running.frames.set(
        answer.key,
        answer.frames.map((frame) => (frame.refId ? frame : { ...frame, refId })),
      );
      if (answer.error) errors.set(entry, [...(errors.get(entry) ?? []), { refId, ...answer.error }]);
      const own = costs.get(entry) ?? new Map<string, ViewCost>();
      costs.set(entry, own.set(refId, answer.cost));
      if (running.pending.size === 0) finish(entry);
    };
    const result = await options.ask(
      { ...window, timeZone: options.timeZone.peek(), queries },
      onAnswer,
      view.abort.signal,
    );
    batch(() => {
      for (const entry of [...view.entries]) {
        if (entry.running?.batch !== view) continue;
        if (!result.ok && result.error.kind !== 'aborted') {
          errors.set(entry, [{ refId: '', message: result.error.message, kind: result.error.kind }]);
        }
        finish(entry);
        // Asked again with the next refresh, even when nothing else changes.
        if (!result.ok) entry.asked = null;
      }
    });
  };

  const schedule = () => {
    timer ??= setTimeout(flush, 0);
  };

  const stop = effect(() => {
    changed.value;
    options.window.value;
    options.rangeIdentity.value;
    options.timeZone.value;
    if (!options.isReady.value) return;
    for (const entry of entries.values()) {
      const wish = entry.wish.value;
      if (entry.watchers === 0 || !wish) continue;
      // Only to be called again when anything of it changes.
      options.isSettled(mentionedDeep([wish.panel.targets, wish.panel.datasource]));
      options.build(wish, entry.key, entry.number, options.window.value);
    }
    schedule();
  });

  const watch = (key: string): PanelWatch => {
    const entry = entryOf(key);
    entry.watchers++;
    let source: { id: number; watch: PanelWatch } | null = null;
    const shared = signal<ReadonlySignal<PanelData> | null>(null);
    let isEnded = false;
    const followSource = ({ panel, scope, width }: PanelWish) => {
      const target = sharesAnswers(panel) ? panel.targets?.[0] : undefined;
      const id = Number(target?.panelId ?? Number.NaN);
      const found = Number.isNaN(id) || id === panel.id ? undefined : options.findPanel(id);
      if (source && source.id !== found?.id) {
        source.watch.end();
        source = null;
        shared.value = null;
      }
      if (!found) {
        if (sharesAnswers(panel)) patch(entry, { loading: false });
        return;
      }
      source ??= { id: found.id, watch: watch(String(found.id)) };
      shared.value = source.watch.data;
      if (entries.get(String(found.id))?.wish.peek() === null)
        source.watch.wish({ panel: found, scope, width });
    };
    return {
      data: computed(() => shared.value?.value ?? entry.data.value),
      wish(wish) {
        const before = entry.wish.peek();
        if (
          before &&
          before.panel === wish.panel &&
          before.scope === wish.scope &&
          before.width === wish.width
        )
          return;
        entry.wish.value = wish;
        followSource(wish);
        changed.value++;
      },
      end() {
        if (isEnded) return;
        isEnded = true;
        entry.watchers--;
        source?.watch.end();
        if (entry.watchers > 0 || !entry.running) return;
        leaveBatch(entry);
        entry.asked = null;
        patch(entry, { loading: false });
      },
    };
  };

  return {
    watch,
    peek: (key) => entries.get(key)?.data.value,
    dispose() {
      isDisposed = true;
      clearTimeout(timer);
      stop();
      for (const entry of entries.values()) leaveBatch(entry);
    },
  };
}
