import './no-data.css';
import { text } from '../i18n/text';

/** Instead of a panel's content. */
export function NoData({ children }: { children?: string }) {
  return <p class="no-data">{children || text.value.common.noData}</p>;
}
