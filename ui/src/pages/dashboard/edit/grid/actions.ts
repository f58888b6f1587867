import type { DataSourceRef, Panel } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { panelKind } from '../../../../panels/registry';
import { setQuery } from '../../../../router/location';
import { toast } from '../../../../shell/toasts';
import { announce } from '../form/announce';
import { newPanelOf } from '../panel/change-kind';
import { newTarget } from '../panel/targets';
import { copyPanelText, pastedPanel } from './panel-clipboard';
import { addPanel, addRow, duplicatePanel, removePanel } from './panels';
import { text } from './text';

/** What is done to panels from menus and buttons: each one step that can be undone, and told aloud. */

const sizes: Record<string, { w: number; h: number }> = {
  stat: { w: 6, h: 4 },
  gauge: { w: 6, h: 6 },
  text: { w: 12, h: 4 },
  logs: { w: 24, h: 8 },
  table: { w: 24, h: 8 },
};

export function titleOf(panel: Pick<Panel, 'title' | 'id'>): string {
  return panel.title || text.peek().panelNumber(panel.id);
}

/** Adds a panel of a kind and opens its editor. */
export async function addPanelOf(
  session: DashboardSession,
  type: string,
  datasource?: DataSourceRef,
): Promise<void> {
  const plugin = await panelKind(type)?.load();
  let id = 0;
  session.change(text.peek().added, (dashboard) => {
    const panel = {
      title: text.peek().newPanel,
      ...newPanelOf(type, plugin),
      ...(!plugin?.needsNoData && {
        ...(datasource && { datasource }),
        targets: [newTarget('A', datasource)],
      }),
    };
    const result = addPanel(dashboard, panel, sizes[type] ?? { w: 12, h: 8 });
    id = result.id;
    return result.dashboard;
  });
  announce(text.peek().added);
  setQuery({ editPanel: String(id) }, 'push');
}

export function addRowTo(session: DashboardSession): void {
  session.change(text.peek().rowAdded, (dashboard) => addRow(dashboard, text.peek().newRow).dashboard);
  announce(text.peek().rowAdded);
}

export function pastePanel(session: DashboardSession): void {
  const panel = pastedPanel();
  if (!panel) {
    toast({ level: 'info', message: text.peek().nothingCopied });
    return;
  }
  session.change(text.peek().pasted(titleOf({ id: 0, title: panel.title })), (dashboard) => {
    const { gridPos, ...rest } = panel;
    return addPanel(dashboard, rest, { w: gridPos?.w ?? 12, h: gridPos?.h ?? 8 }).dashboard;
  });
  announce(text.peek().pasted(panel.title ?? ''));
}

export function copyPanel(panel: Panel): void {
  copyPanelText(panel);
  toast({ level: 'ok', message: text.peek().copied(titleOf(panel)), detail: text.peek().copiedHint });
}

export function duplicate(session: DashboardSession, panel: Panel): void {
  const label = text.peek().duplicated(titleOf(panel));
  const copied = duplicatePanel(session.dashboard.peek(), panel.id);
  if (!copied) return;
  session.change(label, () => copied.dashboard);
  announce(label);
}

export function remove(session: DashboardSession, panel: Panel): void {
  const label = text.peek().removed(titleOf(panel));
  session.change(label, (dashboard) => removePanel(dashboard, panel.id));
  announce(label);
  toast({ level: 'info', message: label, detail: text.peek().undoHint });
}
