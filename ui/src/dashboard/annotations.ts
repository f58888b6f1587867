import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Result } from '../api/errors';
import { requestJson } from '../api/json';
import type { runView, ViewAnswer } from '../api/view';
import { namedColor } from '../frame/colors';
import type { AnnotationMark, PanelWindow } from '../panels/plugin';
import { theme } from '../shell/theme';
import { interpolateDeep, promqlFormat } from '../variables/interpolate';
import { markOfStored, marksOfFrames, type StoredAnnotation, showsOn } from './annotation-marks';
import { intervalFor, parseInterval } from './interval';
import type { AnnotationQuery, Dashboard, Panel } from './model';
import type { DashboardSession } from './session';

/** One that is being written or changed. */
export type AnnotationDraft = {
  id?: number;
  panelId?: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: string[];
};

/** The annotations of an open dashboard. */
export type Annotations = {
  /** The queries that the bar offers to turn on and off. */
  queries: ReadonlySignal<readonly { query: AnnotationQuery; isOn: boolean; error: string | null }[]>;
  toggle(name: string): void;
  /** Those that a panel shows. Reads signals. */
  marksOf(panel: Panel): readonly AnnotationMark[];
  /** Made by people, within the time that is shown. */
  stored: ReadonlySignal<readonly StoredAnnotation[]>;
  /** Opens the form for a new one. */
  begin(panel: Panel, window: PanelWindow): void;
  draft: Signal<AnnotationDraft | null>;
  save(draft: AnnotationDraft): Promise<Result<unknown>>;
  remove(id: number): Promise<Result<unknown>>;
  dispose(): void;
};

type Answer = { marks: readonly AnnotationMark[]; stored: readonly StoredAnnotation[]; error: string | null };

const builtInQuery: AnnotationQuery = {
  name: 'Annotations',
  enable: true,
  iconColor: 'rgba(0, 211, 255, 1)',
  builtIn: 1,
  hide: true,
};
const emptyMarks: readonly AnnotationMark[] = [];
const maxStored = 500;

function queriesOf({ annotations }: Dashboard): AnnotationQuery[] {
  const list = annotations?.list ?? [];
  return list.some(({ builtIn }) => builtIn) ? list : [builtInQuery, ...list];
}

const isStored = ({ builtIn, datasource }: AnnotationQuery) =>
  Boolean(builtIn) ||
  datasource?.type === 'grafana' ||
  datasource?.uid === '-- Grafana --' ||
  datasource?.uid === 'grafana';

export function createAnnotations(
  session: Pick<DashboardSession, 'uid' | 'dashboard' | 'window' | 'timeZone' | 'interpolate' | 'variables'>,
  ask: typeof runView,
): Annotations {
  const chosen = signal<ReadonlyMap<string, boolean>>(new Map());
  const answers = signal<ReadonlyMap<string, Answer>>(new Map());
  const changed = signal(0);
  const queries = computed(() => queriesOf(session.dashboard.value));
  const isOn = (query: AnnotationQuery) => chosen.value.get(query.name) ?? query.enable;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const put = (name: string, answer: Answer) => {
    answers.value = new Map(answers.peek()).set(name, answer);
  };
  const load = () => {
    abort.abort();
    abort = new AbortController();
    const { signal: own } = abort;
    const window = session.window.peek();
    const active = queries.peek().filter((query) => chosen.peek().get(query.name) ?? query.enable);
    const asked = active.filter((query) => !isStored(query));
    if (session.uid) for (const query of active.filter(isStored)) void loadStored(query, window, own);
    if (asked.length > 0) void loadAsked(asked, window, own);
  };
  const loadStored = async (query: AnnotationQuery, window: PanelWindow, own: AbortSignal) => {
    const target = query.target as
      | { type?: string; tags?: string[]; matchAny?: boolean; limit?: number }
      | undefined;
    const byTags = !query.builtIn && target?.type === 'tags';
    const params = {
      from: window.from,
      to: window.to,
      limit: target?.limit ?? maxStored,
      ...(byTags
        ? {
            tags: (target.tags ?? []).map((tag) => session.interpolate(tag)),
            matchAny: target.matchAny ?? false,
          }
        : { dashboardUID: session.uid }),
    };
    const result = await requestJson<StoredAnnotation[]>('GET', '/api/annotations', { params, signal: own });
    if (own.aborted) return;
    put(query.name, {
      marks: [],
      stored: result.ok ? (result.data ?? []) : [],
      error: result.ok ? null : result.error.message,
    });
  };
  const loadAsked = async (asked: readonly AnnotationQuery[], window: PanelWindow, own: AbortSignal) => {
    const steps = new Map<string, number>();
    const request = {
      ...window,
      timeZone: session.timeZone.peek(),
      queries: asked.map((query, index) => {
        const intervalMs = intervalFor(window.to - window.from, 500, parseInterval(query.step) ?? 1000);
        steps.set(query.name, intervalMs);
        const given = { ...query.target, expr: query.expr ?? (query.target?.expr as string | undefined) };
        const target = interpolateDeep(given, (text) =>
          session.interpolate(text, undefined, undefined, promqlFormat),
        );
        return {
          key: `annotation-${index}/A`,
          datasource: interpolateDeep(query.datasource ?? {}, (text) => session.interpolate(text)),
          target: { ...target, refId: 'A', range: true, instant: false },
          intervalMs,
          maxDataPoints: 500,
        };
      }),
    };
    const onAnswer = (answer: ViewAnswer) => {
      const query = asked[Number(/^annotation-(\d+)\//.exec(answer.key)?.[1] ?? -1)];
      if (!query || own.aborted) return;
      const color = namedColor(query.iconColor, theme.peek());
      put(query.name, {
        marks: answer.error ? [] : marksOfFrames(answer.frames, query, color, steps.get(query.name)!),
        stored: [],
        error: answer.error?.message ?? null,
      });
    };
    await ask(request, onAnswer, own);
  };
  const stop = effect(() => {
    session.window.value;
    queries.value;
    chosen.value;
    changed.value;
    const names = session.variables.states.value;
    if (queries.value.some((query) => !isStored(query)) && names.some(({ loading }) => loading)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      load();
    }, 0);
  });

  const draft = signal<AnnotationDraft | null>(null);
  const byPanel = new Map<number, { key: unknown; marks: readonly AnnotationMark[] }>();
  const all = computed(() => {
    const now = theme.value;
    return queries.value.filter(isOn).map((query) => {
      const answer = answers.value.get(query.name);
      return { query, answer, color: namedColor(query.iconColor, now) };
    });
  });
  return {
    queries: computed(() =>
      queries.value
        .filter(({ hide }) => !hide)
        .map((query) => ({ query, isOn: isOn(query), error: answers.value.get(query.name)?.error ?? null })),
    ),
    toggle(name) {
      const query = queries.peek().find((one) => one.name === name);
      if (!query) return;
      chosen.value = new Map(chosen.peek()).set(name, !(chosen.peek().get(name) ?? query.enable));
    },
    marksOf({ id }) {
      const key = all.value;
      const known = byPanel.get(id);
      if (known?.key === key) return known.marks;
      const marks = key.flatMap(({ query, answer, color }) => {
        if (!answer || !showsOn(query, id)) return [];
        const stored = answer.stored
          .filter(({ panelId }) => !query.builtIn || !panelId || panelId === id)
          .map((one) => markOfStored(one, color, query.name));
        return [...answer.marks, ...stored];
      });
      const kept = marks.length === 0 ? emptyMarks : marks;
      byPanel.set(id, { key, marks: kept });
      return kept;
    },
    stored: computed(() =>
      all.value.flatMap(({ query, answer }) => (query.builtIn ? (answer?.stored ?? []) : [])),
    ),
    begin(panel, { from, to }) {
      draft.value = {
        panelId: panel.id,
        time: Math.round(from),
        timeEnd: Math.round(to),
        text: '',
        tags: [],
      };
    },
    draft,
    async save({ id, panelId, time, timeEnd, text, tags }) {
      const body = { time, timeEnd, text, tags, ...(id ? {} : { dashboardUID: session.uid, panelId }) };
      const result = await requestJson(
        id ? 'PUT' : 'POST',
        id ? `/api/annotations/${id}` : '/api/annotations',
        { body },
      );
      if (result.ok) changed.value++;
      return result;
    },
    async remove(id) {
      const result = await requestJson('DELETE', `/api/annotations/${id}`);
      if (result.ok) changed.value++;
      return result;
    },
    dispose() {
      abort.abort();
      clearTimeout(timer);
      stop();
    },
  };
}
