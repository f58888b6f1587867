import { Page } from '../../components/page';
import { text } from '../../i18n/text';

export function ExplorePage() {
  return <Page title={text.value.nav.explore} />;
}
