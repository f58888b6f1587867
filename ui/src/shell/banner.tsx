import './banner.css';
import { serverReachable } from '../api/request';
import { Icon } from '../components/icon';
import { text } from '../i18n/text';
import { withBase } from '../router/location';
import { href } from '../routes';
import { reloadError, replayFraction } from './server';

/** What is wrong with the server as a whole, above every page. The worst alone. */
export function Banner() {
  const { banner } = text.value;
  if (!serverReachable.value) {
    return (
      <div class="banner is-bad" role="alert">
        <Icon name="error" />
        <span>
          <strong>{banner.unreachable}</strong> {banner.unreachableHint}
        </span>
      </div>
    );
  }
  if (replayFraction.value !== null) {
    const percent = Math.round(replayFraction.value * 100);
    return (
      <div class="banner is-info" role="status">
        <Icon name="clock" />
        <span>{banner.replaying(percent)}</span>
        <progress class="banner-progress" max={100} value={percent} />
      </div>
    );
  }
  if (reloadError.value !== null) {
    return (
      <div class="banner is-warn" role="alert">
        <Icon name="warning" />
        <span class="banner-text">
          <strong>{banner.reloadFailed}</strong> {reloadError.value.message}
        </span>
        <a class="banner-link" href={withBase(href('status', { section: 'config' }))}>
          {banner.reloadFailedLink}
        </a>
      </div>
    );
  }
  return null;
}
