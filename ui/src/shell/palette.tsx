import './palette.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type SearchHit, searchDashboards } from '../api/dashboards';
import { labelValues, reloadConfig, targets } from '../api/prometheus';
import type { ActiveTarget } from '../api/types';
import { Kbd } from '../components/badge';
import { Dialog } from '../components/dialog';
import { Icon, type IconName } from '../components/icon';
import { text } from '../i18n/text';
import { navigate } from '../router/location';
import { href } from '../routes';
import { bestMatches } from './palette-search';
import { isKeysOpen, isPaletteOpen } from './palette-state';
import { server } from './server';
import { theme, toggleTheme } from './theme';
import { toast } from './toasts';

type Command = { id: string; icon: IconName; label: string; note?: string; search: string; run(): void };

type Group = { title: string; commands: Command[] };

const go = (to: string) => () => navigate(to);

function pageCommands(): Command[] {
  const { nav } = text.value;
  const page = (icon: IconName, label: string, to: string, note?: string): Command => ({
    id: to,
    icon,
    label,
    note,
    search: `${label} ${to}`,
    run: go(to),
  });
  const section = (icon: IconName, label: string, name: string) =>
    page(icon, label, href('status', { section: name }));
  return [
    page('home', nav.home, href('home'), 'g h'),
    page('dashboards', nav.dashboards, href('dashboards'), 'g b'),
    page('explore', nav.explore, href('explore'), 'g e'),
    page('targets', nav.targets, href('targets'), 'g t'),
    page('discovery', nav.discovery, href('discovery'), 'g d'),
    section('runtime', nav.runtime, 'runtime'),
    section('storage', nav.storage, 'storage'),
    section('cardinality', nav.cardinality, 'cardinality'),
    section('config', nav.config, 'config'),
    section('flags', nav.flags, 'flags'),
  ];
}

function actionCommands(): Command[] {
  const { palette, theme: themeText, keys } = text.value;
  const next = theme.value === 'dark' ? themeText.light : themeText.dark;
  const action = (id: string, icon: IconName, label: string, run: () => void, note?: string): Command => ({
    id,
    icon,
    label,
    note,
    search: label,
    run,
  });
  const actions = [
    action('theme', theme.value === 'dark' ? 'sun' : 'moon', themeText.next(next), toggleTheme, 't'),
    action(
      'keys',
      'keyboard',
      keys.title,
      () => {
        isKeysOpen.value = true;
      },
      '?',
    ),
  ];
  if (server.value?.lifecycleEnabled) actions.push(action('reload', 'refresh', palette.reloadConfig, reload));
  return actions;
}

async function reload(): Promise<void> {
  const result = await reloadConfig();
  const { palette } = text.peek();
  if (result.ok) toast({ level: 'ok', message: palette.reloaded });
  else toast({ level: 'bad', message: palette.reloadFailed, detail: result.error.message });
}

function metricCommand(name: string): Command {
  return {
    id: `metric:${name}`,
    icon: 'explore',
    label: name,
    search: name,
    run: go(href('explore', {}, { expr: name })),
  };
}

function dashboardCommand({ uid, title, folderTitle }: SearchHit): Command {
  return {
    id: `dashboard:${uid}`,
    icon: 'dashboards',
    label: title,
    note: folderTitle,
    search: `${title} ${folderTitle ?? ''}`,
    run: go(href('dashboard', { uid })),
  };
}

function targetCommand({ labels, scrapePool, scrapeUrl, health }: ActiveTarget): Command {
  const name = labels.instance ?? scrapeUrl;
  return {
    id: `target:${scrapePool}:${scrapeUrl}`,
    icon: 'targets',
    label: name,
    note: health === 'up' ? scrapePool : `${scrapePool} · ${health}`,
    search: `${name} ${scrapePool} ${scrapeUrl}`,
    run: go(href('targets', {}, { search: name })),
  };
}

export function Palette() {
  const wanted = useSignal('');
  const active = useSignal(0);
  const metricNames = useSignal<string[]>([]);
  const dashboards = useSignal<SearchHit[]>([]);
  const targetList = useSignal<ActiveTarget[]>([]);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    labelValues('__name__', { signal: abort.signal }).then((result) => {
      if (result.ok) metricNames.value = result.data;
    });
    searchDashboards({ type: 'dash-db', limit: 5000 }, { signal: abort.signal }).then((result) => {
      if (result.ok) dashboards.value = result.data;
    });
    targets({ state: 'active', signal: abort.signal }).then((result) => {
      if (result.ok) targetList.value = result.data.activeTargets;
    });
    return () => abort.abort();
  }, []);

  const { palette } = text.value;
  const search = wanted.value.trim();
  const groups = useMemo<Group[]>(() => {
    const matching = (commands: Command[], limit: number) =>
      bestMatches(search, commands, (one) => one.search, limit);
    const groupList = [
      { title: palette.pages, commands: matching(pageCommands(), 9) },
      { title: palette.actions, commands: matching(actionCommands(), 5) },
    ];
    if (search !== '') {
      groupList.push(
        { title: palette.dashboards, commands: matching(dashboards.value.map(dashboardCommand), 8) },
        {
          title: palette.metrics,
          commands: bestMatches(search, metricNames.value, (name) => name, 12).map(metricCommand),
        },
        { title: palette.targets, commands: matching(targetList.value.map(targetCommand), 6) },
      );
    }
    return groupList.filter((group) => group.commands.length > 0);
  }, [search, metricNames.value, dashboards.value, targetList.value, text.value, server.value, theme.value]);
  const flat = groups.flatMap((group) => group.commands);
  const activeIndex = Math.min(active.value, flat.length - 1);

  const close = () => {
    isPaletteOpen.value = false;
  };
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    command.run();
  };
  const move = (index: number) => {
    if (flat.length === 0) return;
    active.value = (index + flat.length) % flat.length;
    list.current?.querySelectorAll('[role=option]')[active.value]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'n')) move(activeIndex + 1);
    else if (event.key === 'ArrowUp' || (event.ctrlKey && event.key === 'p')) move(activeIndex - 1);
    else if (event.key === 'Enter') run(flat[activeIndex]);
    else return;
    event.preventDefault();
  };
  let index = -1;
  return (
    <Dialog title={palette.label} onClose={close} bare>
      <div class="palette-input">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={flat[activeIndex] ? `palette-${activeIndex}` : undefined}
          aria-label={palette.label}
          placeholder={palette.placeholder}
          spellcheck={false}
          autocomplete="off"
          autofocus
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            active.value = 0;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="palette-list" id="palette-list" role="listbox" aria-label={palette.label} ref={list}>
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <div class="palette-group" aria-hidden="true">
              {group.title}
            </div>
            {group.commands.map((command) => {
              index++;
              const own = index;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
                // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input
                <div
                  key={command.id}
                  id={`palette-${own}`}
                  role="option"
                  aria-selected={own === activeIndex}
                  class="palette-option"
                  onPointerMove={() => {
                    active.value = own;
                  }}
                  onClick={() => run(command)}
                >
                  <Icon name={command.icon} />
                  <span class="palette-label">{command.label}</span>
                  {command.note && <span class="palette-note">{command.note}</span>}
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 && <p class="palette-empty">{palette.empty}</p>}
      </div>
      <footer class="palette-foot" aria-hidden="true">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> {palette.move}
        </span>
        <span>
          <Kbd>↵</Kbd> {palette.open}
        </span>
        <span>
          <Kbd>esc</Kbd> {palette.dismiss}
        </span>
      </footer>
    </Dialog>
  );
}
