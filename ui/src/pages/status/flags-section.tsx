import './flags-section.css';
import { statusFlags } from '../../api/prometheus';
import { useResult } from '../../api/use-result';
import { TextField } from '../../components/field';
import { EmptyState, ErrorNotice, Skeleton } from '../../components/notice';
import { Panel } from '../../components/panel';
import { stringParam, useQueryParam } from '../../router/query-param';
import { useMoment } from '../../time/moment';
import { text } from './text';

/** The flags that the server runs with. */
export function FlagsSection() {
  const moment = useMoment(30);
  const { data, error } = useResult((signal) => statusFlags({ signal }), 'flags', moment.value).value;
  const search = useQueryParam('search', stringParam());
  const words = text.value.flags;
  const all = Object.entries(data ?? {});
  const needles = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all
    .filter(([name, value]) => needles.every((needle) => `--${name}=${value}`.toLowerCase().includes(needle)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <>
      <search class="flags-tools">
        <div class="flags-search">
          <TextField
            type="search"
            label={words.search}
            hideLabel
            icon="search"
            placeholder={words.search}
            value={search.value}
            onInput={(value) => search.set(value)}
          />
        </div>
        {data && <span role="status">{words.shown(shown.length, all.length)}</span>}
      </search>
      {error && error.kind !== 'unavailable' && <ErrorNotice error={error} onRetry={moment.refresh} />}
      {!data && (!error || error.kind === 'unavailable') && <Skeleton height="480px" />}
      {data && shown.length === 0 && <EmptyState icon="search" title={words.none} />}
      {shown.length > 0 && (
        <Panel flush>
          <table class="flags-table">
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.value}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>--{name}</code>
                  </th>
                  <td>{value === '' ? <span class="is-empty">{words.empty}</span> : <code>{value}</code>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Panel>
      )}
    </>
  );
}
