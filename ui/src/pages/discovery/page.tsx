import { Page } from '../../components/page';
import { text } from '../../i18n/text';

export function DiscoveryPage() {
  return <Page title={text.value.nav.discovery} />;
}
