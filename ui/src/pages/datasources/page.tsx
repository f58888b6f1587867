import '../../components/form.css';
import { useSignal } from '@preact/signals';
import { listDataSources } from '../../api/datasources';
import { useServerEvents } from '../../api/server-events';
import { useResult } from '../../api/use-result';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { Panel } from '../../components/panel';
import { navigate, withBase } from '../../router/location';
import { href } from '../../routes';
import { AdminsOnly } from './admins-only';
import { localUid, nameOfType } from './kinds';
import { text } from './text';

/** Where panels get their data from. */
export function DataSourcesPage() {
  return (
    <AdminsOnly>
      <List />
    </AdminsOnly>
  );
}

function List() {
  const t = text.value;
  const round = useSignal(0);
  const sources = useResult((signal) => listDataSources({ signal }), 'data sources', round.value);
  const refresh = () => {
    round.value += 1;
  };
  useServerEvents(['datasources-changed'], refresh);
  const { data, error } = sources.value;
  const add = () => navigate(href('dataSource', { uid: 'new' }));
  return (
    <Page
      title={t.title}
      actions={
        <Button kind="primary" icon="plus" onClick={add}>
          {t.add}
        </Button>
      }
    >
      {error && <ErrorNotice error={error} onRetry={refresh} />}
      <Panel flush>
        {!data && <Skeleton height="88px" />}
        {data && (
          <div class="plain-table-box">
            <table class="plain-table">
              <thead>
                <tr>
                  <th scope="col">{t.name}</th>
                  <th scope="col">{t.type}</th>
                  <th scope="col" class="is-wide-only">
                    {t.url}
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.map(({ uid, name, type, url, isDefault, readOnly }) => (
                  <tr key={uid}>
                    <td>
                      <a href={withBase(href('dataSource', { uid }))}>{name}</a>{' '}
                      {isDefault && <Badge level="accent">{t.isDefault}</Badge>}{' '}
                      {readOnly && <Badge>{uid === localUid ? t.builtIn : t.provisioned}</Badge>}
                    </td>
                    <td>{nameOfType(type)}</td>
                    <td class="is-wide-only">{url}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
    </Page>
  );
}
