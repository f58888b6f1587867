import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Result } from '../api/errors';
import { formatInterval, intervalFor, parseInterval } from '../dashboard/interval';
import type { Variable, VariableValue } from '../dashboard/model';
import type { PanelWindow } from '../panels/plugin';
import { asList, chooseValue, hasChoices, isAll, sameValue, savedValue, textOf } from './choose';
import { orderVariables } from './dependencies';
import { type Filter, matcherOf, readFilter, savedFilters, writeFilter } from './filters';
import type { VariableEntry } from './formats';
import { interpolate, type Lookup } from './interpolate';
import { type LoadOptions, loadOptions } from './load-options';
import { allText, type Option } from './options';

/** A variable of an open dashboard. */
export type VariableState = {
  variable: Variable;
  options: readonly Option[];
  /** `$__all` stands for all options. */
  value: VariableValue;
  text: VariableValue;
  /** Of ad hoc variables. */
  filters: readonly Filter[];
  /** Its choices are asked for and not there yet. */
  loading: boolean;
  error: string | null;
};

/** Where values that were chosen are kept: the URL. */
export type ChosenValues = {
  read(): ReadonlyMap<string, readonly string[]>;
  /** `null` takes a value away. */
  write(changes: Record<string, readonly string[] | null>): void;
};

export type VariableSetOptions = {
  variables: ReadonlySignal<readonly Variable[]>;
  window: ReadonlySignal<PanelWindow>;
  chosen: ChosenValues;
  /** What is no variable of the dashboard: `__from`, `__interval`, … */
  builtIn: Lookup;
  load: LoadOptions;
};

export type VariableSet = {
  /** In the dashboard's order. */
  states: ReadonlySignal<readonly VariableState[]>;
  get(name: string): VariableState | undefined;
  /** What the name stands for now; built-in names included. */
  lookup: Lookup;
  /** Whether the values of all these names are known. */
  isSettled(names: readonly string[]): boolean;
  choose(name: string, value: VariableValue): void;
  setFilters(name: string, filters: readonly Filter[]): void;
  /** The single values that are chosen, All being all of them: what repeats run over. */
  chosenOptions(name: string): Option[];
  /** Asks for the choices again. */
  reload(name: string): void;
  /** All values as parameters of a URL, `var-` before each. */
  urlParameters(): Record<string, string[]>;
  dispose(): void;
};

export function createVariableSet(options: VariableSetOptions): VariableSet {
  const { variables, window, chosen, builtIn } = options;
  const states = signal<ReadonlyMap<string, VariableState>>(new Map());
  const order = computed(() => orderVariables(variables.value));
  /** Being worked out; a newer update takes them over. */
  let unsettled = new Set<string>();
  let abort = new AbortController();
  let lastDefinitions: readonly Variable[] = [];
  let lastChosen: ReadonlyMap<string, readonly string[]> = new Map();

  const patch = (name: string, change: Partial<VariableState>) => {
    const before = states.peek().get(name);
    if (!before) return;
    states.value = new Map(states.peek()).set(name, { ...before, ...change });
  };

  const entryOf = (state: VariableState): VariableEntry => {
    const { variable, value, text, options: choices } = state;
    const { name } = variable;
    if (variable.type === 'adhoc') {
      return { name, value: state.filters.map(matcherOf).join(','), isVerbatim: true };
    }
    if (variable.type === 'interval' && (value === 'auto' || asList(value)[0]?.startsWith('$__auto'))) {
      return { name, value: autoInterval(variable, window.value) };
    }
    const isList = Boolean(variable.multi || variable.includeAll);
    if (!isAll(value)) return { name, value, text, isList };
    if (variable.allValue) {
      return { name, value: interpolate(variable.allValue, lookup), text: allText, isList, isVerbatim: true };
    }
    return { name, value: choices.map((option) => option.value), text: allText, isList };
  };

  const resolving = new Set<string>();
  const lookup: Lookup = (name, path) => {
    const state = states.value.get(name);
    if (!state) {
      const automatic = /^__auto_interval_(\w+)$/.exec(name);
      const interval = automatic && states.value.get(automatic[1]!);
      if (interval) return { name, value: autoInterval(interval.variable, window.value) };
      return builtIn(name, path);
    }
    // A value that mentions itself ends here.
    if (resolving.has(name)) return { name, value: '' };
    resolving.add(name);
    try {
      const entry = entryOf(state);
      if (path === 'text') return { ...entry, value: entry.text ?? entry.value };
      return entry;
    } finally {
      resolving.delete(name);
    }
  };

  /**
   * True when the value is another one than before. `isOwn`: not only because
   * of the variables that it depends on; then a value may be asked for that is no choice.
   */
  const settle = async (
    name: string,
    isOwn: boolean,
    isQuiet: boolean,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const before = states.peek().get(name);
    if (!before) return false;
    const { variable } = before;
    if (!hasChoices(variable)) {
      const wanted = chosen.read().get(name);
      const filters =
        variable.type === 'adhoc'
          ? wanted
            ? wanted.map(readFilter).filter((filter) => filter !== null)
            : savedFilters(variable)
          : [];
      const isFixed = variable.type === 'constant';
      const value = isFixed ? (savedValue(variable) ?? '') : (wanted?.[0] ?? savedValue(variable) ?? '');
      patch(name, { value, text: value, filters, loading: false, error: null });
      return !sameValue(before.value, value) || JSON.stringify(before.filters) !== JSON.stringify(filters);
    }
    if (!isQuiet) patch(name, { loading: true });
    const result: Result<Option[]> = await loadOptions(variable, options.load, {
      interpolate: (text, format) => interpolate(text, lookup, format),
      window: window.peek(),
      signal,
    });
    if (signal.aborted) return false;
    const wanted = chosen.read().get(name);
    const wish = wanted ? [...wanted] : savedValue(variable);
    if (!result.ok) {
      const value = wish === undefined ? before.value : chooseValue(variable, [], wish, true);
      patch(name, { loading: false, error: result.error.message, value, text: value });
      return !sameValue(before.value, value);
    }
    const mayStand = isOwn && wanted !== undefined && variable.allowCustomValue !== false;
    const value = chooseValue(variable, result.data, wish, mayStand);
    if (wanted && !mayStand && !sameValue(value, chooseValue(variable, result.data, wish, true))) {
      // What was chosen went with the parent's value: the URL must not bring it back.
      batch(() => {
        chosen.write({ [name]: asList(value) });
        lastChosen = chosen.read();
      });
    }
    patch(name, {
      options: result.data,
      value,
      text: textOf(result.data, value),
      loading: false,
      error: null,
    });
    return !sameValue(before.value, value) || (isAll(value) && !sameOptions(before.options, result.data));
  };

  /** Works out these variables, in order, and those that depend on what changes. */
  const update = (names: Iterable<string>, isQuiet = false) => {
    const dirty = new Set([...names, ...unsettled]);
    if (dirty.size === 0) return;
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    unsettled = isQuiet ? unsettled : new Set(dirty);
    const jobs = new Map<string, Promise<boolean>>();
    const { names: inOrder, dependencies, rings } = order.peek();
    if (!isQuiet) {
      batch(() => {
        const reached = new Set<string>();
        for (const name of inOrder) {
          const depends = dependencies.get(name)!.some((parent) => reached.has(parent));
          if (!dirty.has(name) && !depends) continue;
          reached.add(name);
          patch(name, { loading: true });
        }
      });
    }
    for (const name of inOrder) {
      const job = async () => {
        const changed = await Promise.all(dependencies.get(name)!.map((parent) => jobs.get(parent)!));
        if (signal.aborted) return false;
        if (!dirty.has(name) && !changed.some(Boolean)) {
          if (states.peek().get(name)?.loading) patch(name, { loading: false });
          return false;
        }
        unsettled.add(name);
        const isChanged = await settle(name, dirty.has(name), isQuiet, signal);
        if (signal.aborted) return false;
        unsettled.delete(name);
        const ring = rings.get(name);
        if (ring) patch(name, { error: ring.join(' → ') });
        return isChanged;
      };
      jobs.set(name, job());
    }
  };

  const disposals = [
    effect(() => {
      const definitions = variables.value;
      if (definitions === lastDefinitions) return;
      const before = new Map(lastDefinitions.map((variable) => [variable.name, JSON.stringify(variable)]));
      lastDefinitions = definitions;
      const next = new Map<string, VariableState>();
      const dirty: string[] = [];
      for (const variable of definitions) {
        const known = states.peek().get(variable.name);
        if (known && before.get(variable.name) === JSON.stringify(variable)) {
          next.set(variable.name, { ...known, variable });
          continue;
        }
        dirty.push(variable.name);
        const value = savedValue(variable) ?? '';
        next.set(variable.name, {
          variable,
          options: [],
          value,
          text: asList(variable.current?.text).join(' + ') || value,
          filters: savedFilters(variable),
          loading: true,
          error: null,
        });
      }
      unsettled = new Set([...unsettled].filter((name) => next.has(name)));
      states.value = next;
      lastChosen = chosen.read();
      update(dirty);
    }),
    effect(() => {
      const now = chosen.read();
      const names = [...states.peek().keys()];
      const text = (values: ReadonlyMap<string, readonly string[]>, name: string) =>
        JSON.stringify(values.get(name));
      const changed = names.filter((name) => text(now, name) !== text(lastChosen, name));
      lastChosen = now;
      update(changed);
    }),
  ];
  let lastWindow = window.peek();
  disposals.push(
    effect(() => {
      const now = window.value;
      if (now === lastWindow) return;
      lastWindow = now;
      // One that had no values yet may have some now.
      const moving = [...states.peek().values()].filter(
        ({ variable, options: choices, loading }) =>
          variable.type === 'query' && !loading && (variable.refresh === 2 || choices.length === 0),
      );
      update(
        moving.map(({ variable }) => variable.name),
        true,
      );
    }),
  );

  return {
    states: computed(() => [...states.value.values()]),
    get: (name) => states.value.get(name),
    lookup,
    isSettled: (names) => names.every((name) => !states.value.get(name)?.loading),
    choose: (name, value) => chosen.write({ [name]: asList(value) }),
    setFilters: (name, filters) => chosen.write({ [name]: filters.map(writeFilter) }),
    chosenOptions(name) {
      const state = states.value.get(name);
      if (!state) return [];
      if (isAll(state.value)) return [...state.options];
      const texts = asList(state.text);
      return asList(state.value).map((value, index) => ({ value, text: texts[index] ?? value }));
    },
    reload: (name) => update([name]),
    urlParameters() {
      const parameters: Record<string, string[]> = {};
      for (const { variable, value, filters } of states.peek().values()) {
        if (variable.skipUrlSync || variable.type === 'constant') continue;
        parameters[`var-${variable.name}`] =
          variable.type === 'adhoc' ? filters.map(writeFilter) : asList(value);
      }
      return parameters;
    },
    dispose() {
      abort.abort();
      for (const dispose of disposals) dispose();
    },
  };
}

function sameOptions(a: readonly Option[], b: readonly Option[]): boolean {
  return a.length === b.length && a.every((option, index) => option.value === b[index]!.value);
}

function autoInterval({ auto_count, auto_min }: Variable, { from, to }: PanelWindow): string {
  return formatInterval(intervalFor(to - from, auto_count ?? 30, parseInterval(auto_min) ?? 10_000));
}
