import { searchDashboards } from '../../api/dashboards';
import { useResult } from '../../api/use-result';
import { ErrorNotice } from '../../components/notice';
import { Page } from '../../components/page';
import { withBase } from '../../router/location';
import { href } from '../../routes';
import { text } from './text';

export function DashboardsPage() {
  const { data, error } = useResult(
    (signal) => searchDashboards({ type: 'dash-db' }, { signal }),
    'all',
  ).value;
  return (
    <Page title={text.value.title}>
      {error && <ErrorNotice error={error} />}
      <ul>
        {data?.map(({ uid, title }) => (
          <li key={uid}>
            <a href={withBase(href('dashboard', { uid }))}>{title}</a>
          </li>
        ))}
      </ul>
    </Page>
  );
}
