import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from '../components/icon';
import { setQuery, withBase } from '../router/location';
import { href } from '../routes';
import { toast } from '../shell/toasts';
import { text } from './menu-text';
import type { PanelMenuProps } from './panel-header';
import { text as panelText } from './text';

type Item = {
  icon: IconName;
  label: string;
  hint?: string;
  run?(): void;
  /** Leads to another page. */
  to?: string;
};

/** What can be done with one panel. */
export function PanelMenu(props: PanelMenuProps) {
  const { session, panel, cellKey, close } = props;
  const t = text.value;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus(), []);
  const act = (run: () => void) => () => {
    close();
    run();
  };
  const canChange = session.canChange.value;
  const actions = session.panelActions.value;
  const groups: Item[][] = [
    [
      { icon: 'eye', label: t.view, hint: 'v', run: act(() => setQuery({ viewPanel: cellKey }, 'push')) },
      ...(canChange
        ? [
            {
              icon: 'config' as const,
              label: t.edit,
              hint: 'e',
              run: act(() => setQuery({ editPanel: String(panel.id), viewPanel: null }, 'push')),
            },
          ]
        : []),
      { icon: 'external', label: t.share, run: act(() => session.dialog.set({ kind: 'share', cellKey })) },
      ...explore(props),
    ],
    [
      {
        icon: 'search',
        label: t.inspect,
        hint: 'i',
        run: act(() => session.dialog.set({ kind: 'inspect', cellKey })),
      },
      { icon: 'down', label: t.csv, run: act(() => void saveCsv(props)) },
      { icon: 'down', label: t.png, run: act(() => void savePng(props)) },
    ],
  ];
  if (actions && canChange && session.isEditing.value) {
    groups.push([
      { icon: 'copy', label: t.duplicate, run: act(() => actions.duplicatePanel(session, { panel })) },
      { icon: 'trash', label: t.remove, run: act(() => actions.removePanel(session, { panel })) },
    ]);
  }
  const move = (event: KeyboardEvent) => {
    const items = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: items.length - 1,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length]?.focus();
  };
  return (
    <div
      class="panel-menu"
      role="menu"
      aria-label={panelText.value.menuOf(props.name)}
      ref={root}
      tabIndex={-1}
      onKeyDown={move}
    >
      {groups.map((items, index) => (
        <div key={index} role="presentation">
          {index > 0 && <hr />}
          {items.map((item) => (
            <MenuItem key={item.label} {...item} />
          ))}
        </div>
      ))}
    </div>
  );
}

function MenuItem({ icon, label, hint, run, to }: Item) {
  const content = (
    <>
      <Icon name={icon} />
      {label}
      {hint && <kbd class="panel-menu-key">{hint}</kbd>}
    </>
  );
  if (to) {
    return (
      <a class="panel-menu-item" role="menuitem" href={to}>
        {content}
      </a>
    );
  }
  return (
    <button type="button" class="panel-menu-item" role="menuitem" onClick={run}>
      {content}
    </button>
  );
}

/** The panel's PromQL in Explore, with the same time. */
function explore({ session, data }: PanelMenuProps): Item[] {
  const expressions = data.queries
    .map(({ target }) => target.expr)
    .filter((expr): expr is string => typeof expr === 'string' && expr !== '');
  if (expressions.length === 0) return [];
  const { from, to } = session.time.range.value;
  const search: Record<string, string> = { from, to };
  for (const [index, expr] of expressions.entries()) search[index === 0 ? 'expr' : `expr.${index}`] = expr;
  return [{ icon: 'explore', label: text.value.explore, to: withBase(href('explore', {}, search)) }];
}

const fileName = (name: string, ending: string) =>
  `${name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)}.${ending}`;

async function saveCsv({ name, frames, session }: PanelMenuProps): Promise<void> {
  const { framesToCsv } = await import('./csv');
  const { download } = await import('./download');
  const csv = framesToCsv(frames.peek(), session.timeZone.peek());
  if (csv === '') toast({ level: 'info', message: text.peek().nothingToSave });
  else download(new Blob(['\uFEFF', csv], { type: 'text/csv;charset=utf-8' }), fileName(name, 'csv'));
}

async function savePng({ cellKey, name }: PanelMenuProps): Promise<void> {
  const { download } = await import('./download');
  const { exportPng } = await import('../chart/export-png');
  const element = document.querySelector<HTMLElement>(
    `[data-panel="${CSS.escape(cellKey)}"] .dash-panel-body`,
  );
  const picture = element && (await exportPng(element, name));
  if (picture) download(picture, fileName(name, 'png'));
  else toast({ level: 'warn', message: text.peek().noPicture });
}
