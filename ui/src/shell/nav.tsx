import './nav.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Segmented } from '../components/button';
import { Select } from '../components/field';
import { Icon, type IconName } from '../components/icon';
import { Popover } from '../components/popover';
import { type Language, languagePreference } from '../i18n/language';
import { text } from '../i18n/text';
import { isBoolean, preference } from '../preference';
import { path, withBase } from '../router/location';
import { findRoute, href, type RouteId } from '../routes';
import { type Zone, zone } from '../time/zone';
import { Mark } from './brand';
import { isPaletteOpen, modKey } from './palette-state';
import { recentDashboards } from './recent';
import { preloadPage } from './route-view';
import { server } from './server';
import { loadStarred, starredDashboards } from './starred';
import { themePreference } from './theme';
import { UserMenu } from './user-menu';

export const isNavCollapsed = preference('navCollapsed', false, isBoolean);

type NavEntry = { route: RouteId; to: string; icon: IconName; label: string; parts?: NavPart[] };
type NavPart = { to: string; label: string };

function entries(): NavEntry[] {
  const { nav } = text.value;
  const section = (name: string, label: string): NavPart => ({
    to: href('status', { section: name }),
    label,
  });
  const parts = [
    section('runtime', nav.runtime),
    section('storage', nav.storage),
    section('cardinality', nav.cardinality),
    section('config', nav.config),
    section('flags', nav.flags),
  ];
  return [
    { route: 'home', to: href('home'), icon: 'home', label: nav.home },
    {
      route: 'dashboards',
      to: href('dashboards'),
      icon: 'dashboards',
      label: nav.dashboards,
      parts: dashboardParts(),
    },
    { route: 'explore', to: href('explore'), icon: 'explore', label: nav.explore },
    { route: 'targets', to: href('targets'), icon: 'targets', label: nav.targets },
    { route: 'discovery', to: href('discovery'), icon: 'discovery', label: nav.discovery },
    { route: 'status', to: parts[0]!.to, icon: 'status', label: nav.status, parts },
  ];
}

/** Those with a star, then those opened last. */
function dashboardParts(): NavPart[] {
  const starred = starredDashboards.value;
  const recent = recentDashboards.value.filter(({ uid }) => !starred.some((one) => one.uid === uid));
  return [...starred.slice(0, 8), ...recent].map(({ uid, title }) => ({
    to: href('dashboard', { uid }),
    label: title,
  }));
}

/** Dashboards may have their name behind the address that counts. */
function isAt(path: string | undefined, to: string): boolean {
  return path === to || (path?.startsWith('/d/') === true && path.startsWith(`${to}/`));
}

/** Pages that belong to an entry of another name. */
const entryOf: Partial<Record<RouteId, RouteId>> = {
  dashboard: 'dashboards',
  newDashboard: 'dashboards',
};

/** At the left of wide windows, at the bottom of phones. */
export function Nav() {
  const { nav, palette } = text.value;
  const current = findRoute(path.value);
  const isCollapsed = isNavCollapsed.value;
  const openPalette = () => {
    isPaletteOpen.value = true;
  };
  const down = server.value?.targets?.down ?? 0;
  const isInDashboards = current !== null && (entryOf[current.id] ?? current.id) === 'dashboards';
  useEffect(() => {
    if (isInDashboards) void loadStarred();
  }, [isInDashboards]);
  return (
    <nav class={isCollapsed ? 'nav is-collapsed' : 'nav'} aria-label={nav.label}>
      <a class="nav-brand" href={withBase(href('home'))} aria-label="Monopod">
        <Mark />
        <span class="nav-name">Monopod</span>
      </a>
      <button
        type="button"
        class="nav-search"
        data-label={nav.search}
        onClick={openPalette}
        title={palette.label}
      >
        <Icon name="search" />
        <span class="nav-text">{nav.search}</span>
        <kbd class="nav-text">{modKey} K</kbd>
      </button>
      <ul class="nav-list">
        {entries().map((entry) => {
          const isCurrent = current !== null && (entryOf[current.id] ?? current.id) === entry.route;
          return (
            <li key={entry.route}>
              <a
                class="nav-link"
                href={withBase(entry.to)}
                aria-current={isCurrent ? (entry.parts ? 'true' : 'page') : undefined}
                title={isCollapsed ? entry.label : undefined}
                onPointerEnter={() => preloadPage(entry.route)}
              >
                <Icon name={entry.icon} />
                <span class="nav-label">{entry.label}</span>
                {entry.route === 'targets' && down > 0 && (
                  <span class="nav-count" title={nav.targetsDown(down)}>
                    {down}
                  </span>
                )}
              </a>
              {entry.parts && isCurrent && (
                <ul class="nav-parts">
                  {entry.parts.map((part) => (
                    <li key={part.to}>
                      <a
                        class="nav-part"
                        href={withBase(part.to)}
                        aria-current={isAt(current?.canonicalPath, part.to) ? 'page' : undefined}
                      >
                        {part.label}
                      </a>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
      <div class="nav-foot">
        <div class="nav-user">
          <UserMenu />
        </div>
        <Settings />
        <button
          type="button"
          class="nav-link nav-collapse"
          aria-label={isCollapsed ? nav.expand : nav.collapse}
          title={isCollapsed ? nav.expand : nav.collapse}
          onClick={() => {
            isNavCollapsed.value = !isCollapsed;
          }}
        >
          <Icon name="sidebar" />
        </button>
      </div>
    </nav>
  );
}

function Settings() {
  const { nav, theme, language, zone: zoneText, keys } = text.value;
  const isOpen = useSignal(false);
  return (
    <Popover
      label={nav.settings}
      side="above"
      isOpen={isOpen}
      trigger={({ isOpen: opened, toggle }) => (
        <button
          type="button"
          class="nav-link"
          aria-expanded={opened}
          aria-haspopup="dialog"
          title={nav.settings}
          onClick={toggle}
        >
          <Icon name="settings" />
          <span class="nav-label">{nav.settings}</span>
        </button>
      )}
    >
      {() => (
        <div class="settings">
          <span class="settings-name">{theme.name}</span>
          <Segmented
            label={theme.name}
            value={themePreference.value}
            onChange={(value) => {
              themePreference.value = value;
            }}
            choices={[
              { value: 'system', label: theme.system },
              { value: 'light', label: theme.light },
              { value: 'dark', label: theme.dark },
            ]}
          />
          <span class="settings-name">{zoneText.name}</span>
          <Segmented<Zone>
            label={zoneText.name}
            value={zone.value}
            onChange={(value) => {
              zone.value = value;
            }}
            choices={[
              { value: 'local', label: zoneText.local },
              { value: 'utc', label: zoneText.utc },
            ]}
          />
          <Select<'system' | Language>
            label={language.name}
            value={languagePreference.value}
            onChange={(value) => {
              languagePreference.value = value;
            }}
            choices={[
              { value: 'system', label: language.system },
              { value: 'en', label: language.en },
              { value: 'ko', label: language.ko },
            ]}
          />
          {server.value && <p class="settings-version">Monopod {server.value.version}</p>}
          <p class="settings-version">
            <kbd class="kbd">?</kbd> {keys.title}
          </p>
        </div>
      )}
    </Popover>
  );
}
