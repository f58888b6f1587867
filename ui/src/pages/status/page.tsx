import { Page } from '../../components/page';
import { text } from '../../i18n/text';

export function StatusPage() {
  return <Page title={text.value.nav.status} />;
}
