import { Page } from '../../components/page';
import { text } from '../../i18n/text';

export function TargetsPage() {
  return <Page title={text.value.nav.targets} />;
}
