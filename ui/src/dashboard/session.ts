import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type DashboardMeta, type LoadedDashboard, loadDashboard } from '../api/dashboards';
import type { Result } from '../api/errors';
import type { runView } from '../api/view';
import type { PanelWindow } from '../panels/plugin';
import { query, setQuery } from '../router/location';
import { createTimeControl, type TimeControl } from '../time/control';
import { zone as ownZone, type Zone } from '../time/zone';
import { createAdHocFilters } from '../variables/ad-hoc';
import { builtInLookup } from '../variables/built-in';
import { type DefaultFormat, interpolate } from '../variables/interpolate';
import { type Scope, withScope, withValues } from '../variables/scope';
import { createVariableSet, type VariableSet } from '../variables/variable-set';
import { type Annotations, createAnnotations } from './annotations';
import { askVariable } from './ask-variable';
import { dataSources, loadDataSources } from './datasources';
import { createEdits, type Edits } from './edits';
import { parseInterval } from './interval';
import type { Dashboard, Panel, Verdict } from './model';
import { panelTime } from './panel-time';
import { buildQueries } from './queries';
import { createRunner, type QueryRunner } from './runner';

/**
 * An open dashboard: what the server has, what was changed of it, its variables
 * and time, and what asks for its data. Made when the page opens, disposed when
 * it closes.
 */
export type DashboardSession = Omit<Edits, 'current' | 'adopt'> & {
  /** Empty for one that was never saved. */
  uid: string;
  /** As edited. */
  dashboard: ReadonlySignal<Dashboard>;
  meta: ReadonlySignal<DashboardMeta>;
  verdicts: ReadonlySignal<readonly Verdict[]>;
  isEditing: Signal<boolean>;
  /** Whether who is here may change it. */
  canChange: ReadonlySignal<boolean>;
  variables: VariableSet;
  time: TimeControl;
  /** Milliseconds; moves with the range and with every refresh. */
  window: ReadonlySignal<PanelWindow>;
  /** As panels are told: `browser`, `utc`, or an IANA name. */
  timeZone: ReadonlySignal<string>;
  runner: QueryRunner;
  annotations: Annotations;
  /** The key of the panel that is pointed at or has the focus: keys are meant for it. */
  activePanel: Signal<string | null>;
  /** The dialog that is open over the dashboard. */
  dialog: { current: ReadonlySignal<SessionDialog | null>; set(dialog: SessionDialog | null): void };
  /** What the editor adds to the menu of panels; null until it is loaded, and for those who may not edit. */
  panelActions: Signal<PanelActions | null>;
  /** Rows that who looks at the dashboard opened or closed, by the key of their cell. Nothing of it is saved. */
  rows: ReadonlySignal<ReadonlyMap<string, boolean>>;
  setRowCollapsed(key: string, isCollapsed: boolean): void;
  /** Puts variables into a text. `values` come before the scope's, and these before the dashboard's. */
  interpolate(text: string, scope?: Scope, values?: Record<string, unknown>, format?: DefaultFormat): string;
  /** The time of a panel, its own counted in. */
  timeOf(panel: Panel): ReturnType<typeof panelTime>;
  findPanel(id: number): Panel | undefined;
  /** Loads it anew; what was changed and not saved is lost. */
  reload(): Promise<Result<LoadedDashboard>>;
  /** Takes what the server has now as saved and shown: after a save, a restore, somebody else's change. */
  adopt(loaded: LoadedDashboard): void;
  setMeta(change: Partial<DashboardMeta>): void;
  dispose(): void;
};

export type SessionDialog =
  | { kind: 'inspect'; cellKey: string }
  /** Of a panel, or of the whole dashboard. */
  | { kind: 'share'; cellKey?: string };

export type PanelActions = {
  duplicatePanel(session: DashboardSession, of: { panel: Panel }): void;
  removePanel(session: DashboardSession, of: { panel: Panel }): void;
};

export type SessionOptions = {
  ask: typeof runView;
  /** Whether this build can change dashboards. */
  hasEditor?: boolean;
};

const noVariables: never[] = [];

export function createSession(
  loaded: LoadedDashboard,
  { ask, hasEditor = false }: SessionOptions,
): DashboardSession {
  const edits = createEdits(loaded.dashboard);
  const { current: dashboard } = edits;
  const meta = signal(loaded.meta);
  const verdicts = signal<readonly Verdict[]>(loaded.verdicts ?? []);

  const zone = computed<Zone>(() => {
    const named = query.value.get('timezone') ?? dashboard.value.timezone;
    return !named || named === 'default' ? ownZone.value : named === 'browser' ? 'local' : named;
  });
  const timeZone = computed(() => (zone.value === 'local' ? 'browser' : zone.value));
  const defaults = computed(() => ({
    from: dashboard.value.time?.from || 'now-6h',
    to: dashboard.value.time?.to || 'now',
    refreshSeconds: (parseInterval(String(dashboard.value.refresh || '')) ?? 0) / 1000,
  }));
  const time: TimeControl = {
    ...createTimeControl(defaults, zone),
    setZone: (next) => setQuery({ timezone: next === 'local' ? 'browser' : next }, 'push'),
  };
  let lastWindow: PanelWindow = { from: 0, to: 0 };
  const window = computed(() => {
    const { startSeconds, endSeconds } = time.window.value;
    const next = { from: Math.round(startSeconds * 1000), to: Math.round(endSeconds * 1000) };
    // The same object for the same time, so that nothing looks changed.
    if (next.from !== lastWindow.from || next.to !== lastWindow.to) lastWindow = next;
    return lastWindow;
  });
  const rangeIdentity = computed(() => `${time.range.value.from} ${time.range.value.to}`);

  const chosenText = computed(() =>
    JSON.stringify([...query.value].filter(([name]) => name.startsWith('var-'))),
  );
  const chosen = computed(() => {
    const values = new Map<string, string[]>();
    for (const [name, value] of JSON.parse(chosenText.value) as [string, string][]) {
      const own = name.slice(4);
      values.set(own, [...(values.get(own) ?? []), value]);
    }
    return values;
  });
  const variables: VariableSet = createVariableSet({
    variables: computed(() => dashboard.value.templating?.list ?? noVariables),
    window,
    chosen: {
      read: () => chosen.value,
      write: (changes) =>
        setQuery(
          Object.fromEntries(Object.entries(changes).map(([name, values]) => [`var-${name}`, values])),
          'push',
        ),
    },
    builtIn: builtInLookup({
      dashboard,
      window,
      timeZone,
      parameters: () => variables.urlParameters(),
      range: time.range,
    }),
    load: {
      ask: askVariable,
      dataSources: async () => {
        await loadDataSources();
        return dataSources.peek() ?? [];
      },
    },
  });
  const put: DashboardSession['interpolate'] = (text, scope, values, format) => {
    let lookup = variables.lookup;
    if (scope) lookup = withScope(scope, lookup);
    if (values) lookup = withValues(values, lookup);
    return interpolate(text, lookup, format);
  };
  const filters = createAdHocFilters(variables, (text) => put(text, undefined, undefined, 'raw'));
  const timeOf = (panel: Panel) => panelTime(panel, window.value, time.range.value, zone.value);
  const findPanel = (id: number) => panelById(dashboard.peek(), id);
  void loadDataSources();
  const runner = createRunner({
    ask,
    window,
    rangeIdentity,
    timeZone,
    windowOf: (panel) => timeOf(panel).window,
    build: ({ panel, scope, width }, key, number, panelWindow) =>
      buildQueries(panel, {
        key,
        number,
        width,
        window: panelWindow,
        dataSources: dataSources.value ?? [],
        filter: filters.apply,
        interpolate: (text, scoped, format) => put(text, { ...scope, ...scoped }, undefined, format),
      }),
    isSettled: variables.isSettled,
    isReady: computed(() => dataSources.value !== null && filters.isReady.value),
    findPanel,
  });
  const adopt = (next: LoadedDashboard) => {
    edits.adopt(next.dashboard);
    meta.value = next.meta;
    verdicts.value = next.verdicts ?? [];
  };
  const annotations = createAnnotations(
    { uid: loaded.meta.uid, dashboard, window, timeZone, interpolate: put, variables },
    ask,
  );
  const dialog = signal<SessionDialog | null>(null);
  const rows = signal<ReadonlyMap<string, boolean>>(new Map());
  const session: DashboardSession = {
    ...edits,
    uid: loaded.meta.uid,
    dashboard,
    meta,
    verdicts,
    isEditing: signal(false),
    canChange: computed(() => hasEditor && meta.value.canEdit && dashboard.value.editable !== false),
    variables,
    time,
    window,
    timeZone,
    runner,
    annotations,
    activePanel: signal(null),
    dialog: {
      current: dialog,
      set(next) {
        dialog.value = next;
      },
    },
    panelActions: signal(null),
    rows,
    setRowCollapsed(key, isCollapsed) {
      rows.value = new Map(rows.peek()).set(key, isCollapsed);
    },
    interpolate: put,
    timeOf,
    findPanel,
    async reload() {
      const result = await loadDashboard(session.uid);
      if (result.ok) adopt(result.data);
      return result;
    },
    adopt,
    setMeta(change) {
      meta.value = { ...meta.peek(), ...change };
    },
    dispose() {
      runner.dispose();
      annotations.dispose();
      variables.dispose();
    },
  };
  return session;
}

export function panelById({ panels }: Pick<Dashboard, 'panels'>, id: number): Panel | undefined {
  for (const panel of panels) {
    if (panel.id === id) return panel;
    const inside = panel.panels?.find((one) => one.id === id);
    if (inside) return inside;
  }
  return undefined;
}
