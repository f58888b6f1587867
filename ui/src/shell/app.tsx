import './app.css';
import { useEffect } from 'preact/hooks';
import { lazy } from '../components/lazy';
import { text } from '../i18n/text';
import { navigate, path } from '../router/location';
import { href } from '../routes';
import { Banner } from './banner';
import { useKeys } from './keys';
import { LoginOverlay } from './login-overlay';
import { isNavCollapsed, Nav } from './nav';
import { isKeysOpen, isPaletteOpen } from './palette-state';
import { RouteView } from './route-view';
import { startServerWatch } from './server';
import { toggleTheme } from './theme';
import { Toasts } from './toasts';

const Palette = lazy(() => import('./palette').then((module) => module.Palette));
const KeysHelp = lazy(() => import('./keys-help').then((module) => module.KeysHelp));

export function App() {
  useEffect(startServerWatch, []);
  const togglePalette = () => {
    isPaletteOpen.value = !isPaletteOpen.peek();
  };
  useKeys({
    'mod+k': togglePalette,
    'mod+b': () => {
      isNavCollapsed.value = !isNavCollapsed.peek();
    },
    '/': togglePalette,
    '?': () => {
      isKeysOpen.value = true;
    },
    t: toggleTheme,
    'g h': () => navigate(href('home')),
    'g b': () => navigate(href('dashboards')),
    'g e': () => navigate(href('explore')),
    'g t': () => navigate(href('targets')),
    'g d': () => navigate(href('discovery')),
    'g s': () => navigate(href('status', { section: 'runtime' })),
  });
  return (
    <div class="app">
      <a class="app-skip" href="#content" data-external>
        {text.value.nav.skip}
      </a>
      <Nav />
      <main class="app-main" id="content" tabIndex={-1}>
        <Banner />
        <RouteView path={path.value} />
      </main>
      {isPaletteOpen.value && <Palette />}
      {isKeysOpen.value && <KeysHelp />}
      <LoginOverlay />
      <Toasts />
    </div>
  );
}
