import './panel-editor.css';
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { Button, Segmented } from '../../../../components/button';
import { EmptyState, Notice } from '../../../../components/notice';
import type { Panel } from '../../../../dashboard/model';
import { PanelView } from '../../../../dashboard/panel-view';
import { pluginOf, preloadPlugin } from '../../../../dashboard/plugins';
import type { PanelData } from '../../../../dashboard/runner';
import type { DashboardSession } from '../../../../dashboard/session';
import type { Frame } from '../../../../frame/frame';
import { setQuery } from '../../../../router/location';
import { useKeys } from '../../../../shell/keys';
import { updatePanel } from '../grid/panels';
import { QueriesEditor } from '../queries/queries';
import { text as queryText } from '../queries/text';
import { saveDashboard } from '../save/save-state';
import { FrameTable } from '../transform/frame-table';
import { TransformationsEditor, uniqueFields } from '../transform/transformations';
import { OptionsPane } from './options-pane';
import { text } from './text';

const noFrames: readonly Frame[] = [];
const rowHeight = 30;
const gap = 8;

/** One panel with everything that can be said of it, and how it looks with that. */
export function PanelEditor({ session, panelId }: { session: DashboardSession; panelId: number }) {
  // Read through the signal, so that every change draws.
  const { panels } = session.dashboard.value;
  const panel = useMemo(() => session.findPanel(panelId), [panels, panelId]);
  if (!panel) {
    return (
      <EmptyState icon="search" title={text.value.noPanel}>
        <p>{text.value.noPanelHint(String(panelId))}</p>
        <Button onClick={closeEditor}>{text.value.back}</Button>
      </EmptyState>
    );
  }
  return <OpenEditor key={panelId} session={session} panel={panel} />;
}

function closeEditor(): void {
  setQuery({ editPanel: null, tab: null }, 'push');
}

function OpenEditor({ session, panel }: { session: DashboardSession; panel: Panel }) {
  const tab = useSignal<'queries' | 'transform'>('queries');
  const before = useMemo(() => panel, []);
  const data = useData(session, panel.id);
  const plugin = pluginOf(panel.type);
  useMemo(() => preloadPlugin(panel.type), [panel.type]);
  const title = session.interpolate(panel.title ?? '', undefined, undefined, 'text') || text.value.untitled;
  const change = (label: string, f: (panel: Panel) => Panel) =>
    session.change(label, (dashboard) => updatePanel(dashboard, panel.id, f));
  useEffect(() => {
    session.isEditing.value = true;
  }, []);
  useKeys({ Escape: closeEditor });

  const answers = data?.answers ?? noFrames;
  const fields = useMemo(() => uniqueFields(answers), [answers]);
  const needsNoData = typeof plugin === 'object' && plugin.needsNoData === true;
  const count = panel.transformations?.length ?? 0;
  return (
    <div class="panel-editor">
      <header class="panel-editor-head">
        <Button icon="chevronLeft" kind="quiet" onClick={closeEditor}>
          {text.value.back}
        </Button>
        <h2 class="panel-editor-title">{title}</h2>
        <span class="panel-editor-actions">
          <Button
            kind="danger"
            disabled={panel === before}
            onClick={() => {
              change(text.value.discard, () => before);
              closeEditor();
            }}
          >
            {text.value.discard}
          </Button>
          <Button onClick={closeEditor}>{text.value.apply}</Button>
          <Button kind="primary" onClick={() => saveDashboard(session)}>
            {text.value.save}
          </Button>
        </span>
      </header>
      <div class="panel-editor-main">
        <Preview session={session} panel={panel} data={data} onChange={change} />
        <section class="panel-editor-data" aria-label={text.value.queriesTab}>
          {needsNoData ? (
            <Notice level="info">{queryText.value.noNeed}</Notice>
          ) : (
            <>
              <Segmented
                label={text.value.queriesTab}
                value={tab.value}
                choices={[
                  { value: 'queries', label: `${text.value.queriesTab} (${panel.targets?.length ?? 0})` },
                  {
                    value: 'transform',
                    label: count > 0 ? `${text.value.transformTab} (${count})` : text.value.transformTab,
                  },
                ]}
                onChange={(next) => {
                  tab.value = next;
                }}
              />
              {tab.value === 'queries' ? (
                <QueriesEditor
                  session={session}
                  panel={panel}
                  data={data}
                  onChange={(f) => change(text.value.changes.queries(title), f)}
                />
              ) : (
                <TransformationsEditor
                  value={panel.transformations ?? []}
                  frames={answers}
                  refIds={(panel.targets ?? []).map(({ refId }) => refId)}
                  timeZone={session.timeZone.value}
                  interpolate={(written) => session.interpolate(written)}
                  onChange={(transformations, name) =>
                    change(text.value.changes.transformation(title, name), (current) => ({
                      ...current,
                      transformations,
                    }))
                  }
                />
              )}
            </>
          )}
        </section>
      </div>
      <aside class="panel-editor-options" aria-label={text.value.optionsPane}>
        <OptionsPane
          panel={panel}
          fields={fields}
          variables={session.dashboard.value.templating?.list ?? []}
          onChange={(label, f) => change(text.value.changes.option(title, label), f)}
        />
      </aside>
    </div>
  );
}

/** What is known of the panel's answers; the preview is what asks for them. */
function useData(session: DashboardSession, id: number): PanelData | undefined {
  const watch = useMemo(() => session.runner.watch(String(id)), [session, id]);
  useEffect(() => () => watch.end(), [watch]);
  return watch.data.value;
}

function Preview({
  session,
  panel,
  data,
  onChange,
}: {
  session: DashboardSession;
  panel: Panel;
  data: PanelData | undefined;
  onChange(label: string, change: (panel: Panel) => Panel): void;
}) {
  const mode = useSignal<'fill' | 'actual' | 'table'>('fill');
  const host = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = host.current!;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      const known = size.peek();
      if (known.width !== width || known.height !== height) size.value = { width, height };
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const { width, height } = size.value;
  const isActual = useComputed(() => mode.value === 'actual').value;
  // The dashboard is as wide as the window without the navigation: about what the editor has with its options.
  const page = document.querySelector('main')?.clientWidth ?? width;
  const shownWidth = isActual ? Math.min(width, Math.round((page * panel.gridPos.w) / 24)) : width;
  const shownHeight = isActual ? panel.gridPos.h * (rowHeight + gap) - gap : height;
  return (
    <section class="panel-editor-preview" aria-label={text.value.preview}>
      <div class="panel-editor-modes">
        <Segmented
          label={text.value.previewMode}
          value={mode.value}
          choices={[
            { value: 'fill', label: text.value.fill },
            { value: 'actual', label: text.value.actual },
            { value: 'table', label: text.value.table },
          ]}
          onChange={(next) => {
            mode.value = next;
          }}
        />
      </div>
      <div class={isActual ? 'panel-editor-stage is-actual' : 'panel-editor-stage'} ref={host}>
        {mode.value === 'table' && (
          <div class="panel-editor-table">
            <FrameTable frames={data?.answers ?? noFrames} timeZone={session.timeZone.value} />
          </div>
        )}
        {width > 0 && (
          <div
            class={mode.value === 'table' ? 'panel-editor-canvas is-behind' : 'panel-editor-canvas'}
            style={{ width: `${shownWidth}px`, height: `${shownHeight}px` }}
          >
            <PanelView
              session={session}
              panel={panel}
              width={shownWidth}
              height={shownHeight}
              changeOptions={(f) => onChange(text.value.preview, f)}
            />
          </div>
        )}
      </div>
    </section>
  );
}
