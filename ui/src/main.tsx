import './styles/tokens.css';
import './styles/base.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { language } from './i18n/language';
import { startRouter } from './router/location';
import { App } from './shell/app';
import { startKeys } from './shell/keys';
import { startMe } from './shell/me';
import { applyTheme } from './shell/theme';

applyTheme();
effect(() => {
  document.documentElement.lang = language.value;
});
startRouter();
startKeys();
startMe();
render(<App />, document.getElementById('app')!);
