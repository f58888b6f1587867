import './panel-view.css';
import { useComputed } from '@preact/signals';
import { Component, type ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Icon } from '../components/icon';
import type { PanelContext } from '../panels/plugin';
import { emptyScope, type Scope } from '../variables/scope';
import type { Panel } from './model';
import { createPanelFrames } from './panel-frames';
import { PanelHeader, panelHeaderHeight } from './panel-header';
import { pluginOf, preloadPlugin } from './plugins';
import type { DashboardSession } from './session';
import { text } from './text';

export type PanelViewProps = {
  session: DashboardSession;
  panel: Panel;
  /** Pixels of the whole panel, its frame included. */
  width: number;
  height: number;
  /** What a repeat gave it. */
  scope?: Scope;
  /** Tells repeats of one panel apart; the panel's id where it is no repeat. */
  cellKey?: string;
  /** Opens the panel's menu; absent in previews. */
  withMenu?: boolean;
  /** Pads of the editor: the panel's own options may change by what is done in it. */
  changeOptions?: PanelContext['changeOptions'];
};

const borderPx = 1;
const paddingPx = 8;

/** One panel with its frame and its data, asked for while it is shown. */
export function PanelView(props: PanelViewProps) {
  const { session, panel, width, height, scope = emptyScope, changeOptions } = props;
  const key = props.cellKey ?? String(panel.id);
  const watch = useMemo(() => session.runner.watch(key), [session, key]);
  useEffect(() => () => watch.end(), [watch]);
  useLayoutEffect(() => watch.wish({ panel, scope, width }), [watch, panel, scope, width]);
  useMemo(() => preloadPlugin(panel.type), [panel.type]);

  const plugin = pluginOf(panel.type);
  const data = watch.data.value;
  const frames = useMemo(() => createPanelFrames(session, watch.data), [session, watch]);
  useLayoutEffect(() => frames.configure(panel, scope), [frames, panel, scope]);
  const marks = useComputed(() => session.annotations.marksOf(panel));
  const context = usePanelContext(session, panel, scope, changeOptions);
  const title = session.interpolate(panel.title ?? '', scope, undefined, 'text');
  const headingId = `panel-${key}-title`;

  const headerHeight = title !== '' ? panelHeaderHeight : 0;
  const contentWidth = Math.max(0, Math.floor(width - 2 * (paddingPx + borderPx)));
  const contentHeight = Math.max(
    0,
    Math.floor(height - headerHeight - paddingPx - 2 * borderPx - (headerHeight ? 0 : paddingPx)),
  );
  const own = session.timeOf(panel);
  const isOwnTime = own.from !== undefined || own.shift !== undefined;
  const tooltip = session.dashboard.value.graphTooltip;
  const crosshair = useMemo(
    () =>
      tooltip && !isOwnTime
        ? { group: session.uid || 'new', mode: tooltip === 2 ? ('tooltip' as const) : ('crosshair' as const) }
        : undefined,
    [session, tooltip, isOwnTime],
  );

  let body: ComponentChildren;
  if (plugin === 'unknown') {
    body = (
      <PanelMessage icon="info" title={text.value.unknownKind(panel.type)}>
        {text.value.unknownKindHint}
      </PanelMessage>
    );
  } else if (plugin === 'failed') {
    body = <PanelMessage icon="warning" title={text.value.kindFailed} />;
  } else if (plugin !== 'loading' && frames.isReady.value && contentWidth > 0) {
    const isFirst = data.loading && data.answers.length === 0;
    const failed = data.errors.length > 0 && data.answers.length === 0;
    if (plugin.needsNoData || (!isFirst && !failed)) {
      const { component: Kind } = plugin;
      body = (
        <Kind
          panel={panel}
          frames={frames.current.value}
          loading={data.loading}
          window={own.window}
          timeZone={session.timeZone.value}
          width={contentWidth}
          height={contentHeight}
          annotations={marks.value}
          crosshair={crosshair}
          context={context}
        />
      );
    } else if (failed) {
      body = (
        <PanelMessage icon="error" title={data.errors[0]!.message}>
          {data.errors[0]!.refId && text.value.ofQuery(data.errors[0]!.refId)}
        </PanelMessage>
      );
    }
  }
  return (
    <section
      class={panel.transparent ? 'dash-panel is-transparent' : 'dash-panel'}
      aria-labelledby={title ? headingId : undefined}
      aria-label={title ? undefined : text.value.untitledPanel}
      aria-busy={data.loading}
      tabIndex={props.withMenu ? 0 : undefined}
      data-panel={key}
      onPointerEnter={() => {
        if (props.withMenu) session.activePanel.value = key;
      }}
      onFocusIn={() => {
        if (props.withMenu) session.activePanel.value = key;
      }}
      style={{ height: `${height}px` }}
    >
      <PanelHeader
        session={session}
        panel={panel}
        scope={scope}
        cellKey={key}
        headingId={headingId}
        title={title}
        data={data}
        frames={frames.current}
        time={own}
        withMenu={props.withMenu}
      />
      <div
        class="dash-panel-body"
        style={{ height: `${contentHeight}px`, paddingTop: headerHeight ? 0 : paddingPx }}
      >
        <PanelBoundary key={`${panel.type} ${String(panel.pluginVersion)}`}>{body}</PanelBoundary>
      </div>
    </section>
  );
}

function usePanelContext(
  session: DashboardSession,
  panel: Panel,
  scope: Scope,
  changeOptions: PanelContext['changeOptions'],
): PanelContext {
  const latest = useRef({ panel, changeOptions });
  latest.current = { panel, changeOptions };
  // Values of variables are part of what a panel draws: another value is another context.
  const isOwnTime = Boolean(panel.timeFrom || panel.timeShift);
  const canAnnotate = session.meta.value.canEdit && session.uid !== '';
  return useMemo(() => {
    const context: PanelContext = {
      interpolate: (given, values, format) => session.interpolate(given, scope, values, format),
    };
    if (!isOwnTime) {
      context.zoomTo = ({ from, to }) => session.time.zoomTo(from / 1000, to / 1000);
      context.zoomOut = session.time.zoomOut;
    }
    const filters = session.variables.states.peek().find(({ variable }) => variable.type === 'adhoc');
    if (filters) {
      context.addFilter = (key, value, operator) => {
        const { name } = filters.variable;
        const others = session.variables.get(name)?.filters.filter((filter) => filter.key !== key) ?? [];
        session.variables.setFilters(name, [...others, { key, operator, value }]);
      };
    }
    if (canAnnotate) context.annotate = (window) => session.annotations.begin(latest.current.panel, window);
    if (changeOptions) context.changeOptions = (change) => latest.current.changeOptions?.(change);
    return context;
  }, [session, scope, isOwnTime, canAnnotate, changeOptions === undefined, session.variables.states.value]);
}

export function PanelMessage({
  icon,
  title,
  children,
}: {
  icon: 'info' | 'warning' | 'error';
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`dash-panel-message is-${icon}`}>
      <Icon name={icon} />
      <p class="dash-panel-message-title">{title}</p>
      {children && <p class="dash-panel-message-hint">{children}</p>}
    </div>
  );
}

/** A panel that cannot draw what it got takes down itself alone. */
class PanelBoundary extends Component<{ children: ComponentChildren }, { message: string | null }> {
  override state = { message: null as string | null };

  static override getDerivedStateFromError(cause: unknown) {
    return { message: cause instanceof Error ? cause.message : String(cause) };
  }

  override componentDidUpdate(before: { children: ComponentChildren }) {
    if (this.state.message !== null && before.children !== this.props.children)
      this.setState({ message: null });
  }

  override render() {
    if (this.state.message === null) return this.props.children;
    return (
      <PanelMessage icon="error" title={text.value.drawFailed}>
        {this.state.message}
      </PanelMessage>
    );
  }
}
