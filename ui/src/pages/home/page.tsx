import { Page } from '../../components/page';
import { text } from '../../i18n/text';

export function HomePage() {
  return <Page title={text.value.nav.home} />;
}
