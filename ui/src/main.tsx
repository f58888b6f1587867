import './styles/tokens.css';
import './styles/base.css';
import { render } from 'preact';
import { startRouter } from './router/location';
import { App } from './shell/app';
import { startKeys } from './shell/keys';
import { applyTheme } from './shell/theme';

applyTheme();
startRouter();
startKeys();
render(<App />, document.getElementById('app')!);
