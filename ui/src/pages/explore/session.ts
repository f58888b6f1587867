import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { rememberRun } from '../../editor/history';
import { type HistoryEntry, query, setQuery } from '../../router/location';
import type { TimeControl } from '../../time/control';
import { alignWindow, stepFor } from '../../time/step';
import { askGraph, askTable, type GraphData, type TableAnswer } from './ask-server';
import { Run } from './run';
import { type ExploreState, newQuery, type QuerySpec, readState, writeState } from './state';

/** One query on the page: what the URL says of it, what is being written, and what came back. */
export type Entry = {
  id: number;
  spec: QuerySpec;
  draft: Signal<string>;
  graph: Run<GraphData>;
  table: Run<TableAnswer>;
};

type Options = Omit<ExploreState, 'queries'>;

/**
 * What the page does. The URL holds the state; entries add the identity that
 * keeps an editor's draft and a query's answer while others come and go.
 */
export class ExploreSession {
  readonly entries: Signal<readonly Entry[]>;
  readonly options: ReadonlySignal<Options>;
  readonly stepSeconds: ReadonlySignal<number>;
  private readonly state: ReadonlySignal<ExploreState>;
  /** Counts the times that the user asked, so that asking again runs again. */
  private readonly asked = signal(0);
  private nextId = 1;

  constructor(private readonly control: TimeControl) {
    let known: { text: string; state: ExploreState } | undefined;
    this.state = computed(() => {
      const state = readState(query.value);
      const text = JSON.stringify(state);
      if (known?.text !== text) known = { text, state };
      return known.state;
    });
    this.options = computed(() => {
      const { stepSeconds, tableTimeSeconds, combined } = this.state.value;
      return { stepSeconds, tableTimeSeconds, combined };
    });
    this.stepSeconds = computed(() => {
      const { startSeconds, endSeconds } = control.window.value;
      return this.options.value.stepSeconds ?? stepFor(endSeconds - startSeconds, pointsForWidth());
    });
    this.entries = signal(this.state.peek().queries.map((spec) => this.newEntry(spec)));
  }

  /** Follows the URL and asks the server until the returned function is called. */
  start(): () => void {
    const stops = [
      effect(() => this.follow(this.state.value.queries)),
      effect(() => this.askAll()),
      () => {
        for (const entry of this.entries.peek()) forget(entry);
      },
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Runs one query as it is written. A changed one is a step that Back returns from. */
  run(id: number): void {
    this.commit((entry) => entry.id === id);
  }

  runAll(): void {
    this.commit(() => true);
  }

  cancel(id: number): void {
    const entry = this.entries.peek().find((one) => one.id === id);
    entry?.graph.cancel();
    entry?.table.cancel();
  }

  change(id: number, changes: Partial<QuerySpec>): void {
    this.write(
      this.entries
        .peek()
        .map((entry) => (entry.id === id ? { ...entry, spec: { ...entry.spec, ...changes } } : entry)),
    );
  }

  setOptions(changes: Partial<Options>): void {
    this.write(this.entries.peek(), { ...this.options.peek(), ...changes });
  }

  add(expr = ''): number {
    const entries = this.entries.peek();
    const entry = this.newEntry({ ...newQuery, tab: entries.at(-1)?.spec.tab ?? newQuery.tab, expr });
    this.write([...entries, entry], undefined, 'push');
    return entry.id;
  }

  duplicate(id: number): number {
    const entries = [...this.entries.peek()];
    const at = entries.findIndex((entry) => entry.id === id);
    const { spec, draft } = entries[at]!;
    const copy = this.newEntry({ ...spec, expr: draft.peek() });
    entries.splice(at + 1, 0, copy);
    this.write(entries, undefined, 'push');
    return copy.id;
  }

  remove(id: number): void {
    const entries = this.entries.peek();
    const entry = entries.find((one) => one.id === id);
    if (entry) forget(entry);
    const rest = entries.filter((one) => one.id !== id);
    this.write(rest.length > 0 ? rest : [this.newEntry(newQuery)], undefined, 'push');
  }

  move(id: number, direction: -1 | 1): void {
    const entries = [...this.entries.peek()];
    const from = entries.findIndex((entry) => entry.id === id);
    const to = from + direction;
    if (from < 0 || to < 0 || to >= entries.length) return;
    entries.splice(to, 0, ...entries.splice(from, 1));
    this.write(entries, undefined, 'push');
  }

  private commit(isMeant: (entry: Entry) => boolean): void {
    const entries = this.entries.peek().map((entry) => {
      const expr = entry.draft.peek();
      if (!isMeant(entry)) return entry;
      if (expr.trim() !== '') rememberRun(expr);
      return { ...entry, spec: { ...entry.spec, expr, enabled: true } };
    });
    const isChanged = entries.some(({ spec }, i) => spec.expr !== this.entries.peek()[i]!.spec.expr);
    // At once: each of these alone would ask the server something half changed.
    batch(() => {
      this.asked.value++;
      this.write(entries, undefined, isChanged ? 'push' : 'replace');
      this.control.refresh();
    });
  }

  private write(
    entries: readonly Entry[],
    options = this.options.peek(),
    entry: HistoryEntry = 'replace',
  ): void {
    const state = { ...options, queries: entries.map(({ spec }) => spec) };
    batch(() => {
      this.entries.value = entries;
      setQuery(writeState(state, query.peek()), entry);
    });
  }

  /** Takes over what the URL says, by position, after Back or a link. */
  private follow(queries: readonly QuerySpec[]): void {
    const before = this.entries.peek();
    const after = queries.map((spec, i) => {
      const entry = before[i];
      if (!entry) return this.newEntry(spec);
      if (JSON.stringify(entry.spec) === JSON.stringify(spec)) return entry;
      if (entry.spec.expr !== spec.expr) entry.draft.value = spec.expr;
      return { ...entry, spec };
    });
    for (const entry of before.slice(queries.length)) forget(entry);
    if (after.length !== before.length || after.some((entry, i) => entry !== before[i])) {
      this.entries.value = after;
    }
  }

  private askAll(): void {
    const { tableTimeSeconds } = this.options.value;
    const step = this.stepSeconds.value;
    const asked = this.asked.value;
    const { from, to } = this.control.range.value;
    const window = this.control.window.value;
    const grid = alignWindow(window, step);
    const tableTime = tableTimeSeconds ?? Math.round(window.endSeconds * 1000) / 1000;
    for (const { spec, graph, table } of this.entries.value) {
      const { expr, enabled, tab } = spec;
      const isAsked = enabled && expr.trim() !== '';
      if (isAsked && tab !== 'table') {
        const identity = JSON.stringify([expr, step, from, to, asked]);
        // The grid brings nothing new between its points, except to an answer that found nothing on it.
        const isOnGrid = graph.state.peek().answer?.data.isOnGrid ?? true;
        const { startSeconds, endSeconds } = isOnGrid ? grid : window;
        graph.ask(`${identity} ${startSeconds} ${endSeconds}`, identity, (stop) =>
          askGraph(expr, window, step, stop),
        );
      } else {
        graph.clear();
      }
      if (isAsked && tab !== 'graph') {
        const identity = JSON.stringify([expr, from, to, tableTimeSeconds, asked]);
        table.ask(`${identity} ${tableTime}`, identity, (stop) =>
          askTable(expr, tableTime, window, step, stop),
        );
      } else {
        table.clear();
      }
    }
  }

  private newEntry(spec: QuerySpec): Entry {
    return { id: this.nextId++, spec, draft: signal(spec.expr), graph: new Run(), table: new Run() };
  }
}

function forget({ graph, table }: Entry): void {
  graph.clear();
  table.clear();
}

/** About a point for every second pixel of a graph as wide as the window. */
function pointsForWidth(): number {
  return Math.min(1000, Math.max(200, Math.round(window.innerWidth / 2)));
}
