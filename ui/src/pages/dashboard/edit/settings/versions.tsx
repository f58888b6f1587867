import { useSignal } from '@preact/signals';
import { requestJson } from '../../../../api/json';
import { useResult } from '../../../../api/use-result';
import { Button } from '../../../../components/button';
import { Dialog } from '../../../../components/dialog';
import { EmptyState, ErrorNotice, Notice, Skeleton } from '../../../../components/notice';
import type { DashboardSession } from '../../../../dashboard/session';
import { toast } from '../../../../shell/toasts';
import { dropDraft } from '../save/draft';
import { diffVersions, type VersionDiff } from '../save/save-api';
import { UnifiedDiff } from '../save/unified-diff';
import { text } from './text';

type Version = {
  version: number;
  created: string;
  createdBy: string;
  message: string;
  restoredFrom?: number;
};

const pageSize = 50;

/** What was saved when by whom; any two are compared, any is brought back. */
export function VersionSettings({ session }: { session: DashboardSession }) {
  const words = text.value;
  const limit = useSignal(pageSize);
  const base = useSignal<number | null>(null);
  const other = useSignal<number | null>(null);
  const restoring = useSignal<Version | null>(null);
  const { version } = session.meta.value;
  const { data, error } = useResult(
    (signal) =>
      requestJson<{ versions: Version[] }>(
        'GET',
        `/api/dashboards/uid/${encodeURIComponent(session.uid)}/versions`,
        {
          params: { limit: limit.value },
          signal,
        },
      ),
    `${session.uid} ${limit.value}`,
    version,
  ).value;
  if (session.uid === '') return <EmptyState icon="clock" title={words.noVersions} />;
  if (error) return <ErrorNotice error={error} />;
  if (!data) return <Skeleton height="200px" />;
  const { versions } = data;
  const from = base.value ?? versions[1]?.version ?? null;
  const to = other.value ?? versions[0]?.version ?? null;
  const restore = async (chosen: Version) => {
    const result = await requestJson(
      'POST',
      `/api/dashboards/uid/${encodeURIComponent(session.uid)}/restore`,
      {
        body: { version: chosen.version },
      },
    );
    restoring.value = null;
    if (!result.ok) {
      toast({ level: 'bad', message: words.restoreFailed, detail: result.error.message });
      return;
    }
    dropDraft(session.uid);
    await session.reload();
    toast({ level: 'ok', message: words.restored(chosen.version) });
  };
  return (
    <div class="settings-list">
      <div class="settings-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{words.compareFrom}</th>
              <th scope="col">{words.compareTo}</th>
              <th scope="col">{words.version}</th>
              <th scope="col">{words.date}</th>
              <th scope="col">{words.author}</th>
              <th scope="col">{words.message}</th>
              <th scope="col">
                <span class="visually-hidden">{words.restore}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((one) => (
              <tr key={one.version}>
                <td>
                  <input
                    type="radio"
                    name="compare-from"
                    aria-label={words.compareFromOf(one.version)}
                    checked={one.version === from}
                    onChange={() => {
                      base.value = one.version;
                    }}
                  />
                </td>
                <td>
                  <input
                    type="radio"
                    name="compare-to"
                    aria-label={words.compareToOf(one.version)}
                    checked={one.version === to}
                    onChange={() => {
                      other.value = one.version;
                    }}
                  />
                </td>
                <td>{one.version === version ? words.current(one.version) : one.version}</td>
                <td>{new Date(one.created).toLocaleString()}</td>
                <td>{one.createdBy}</td>
                <td>{one.message}</td>
                <td>
                  {one.version !== version && (
                    <Button
                      onClick={() => {
                        restoring.value = one;
                      }}
                    >
                      {words.restoreVersion(one.version)}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {versions.length >= limit.value && (
        <Button
          onClick={() => {
            limit.value += pageSize;
          }}
        >
          {words.moreVersions}
        </Button>
      )}
      {from !== null && to !== null && from !== to && (
        <Comparison
          key={`${from} ${to}`}
          session={session}
          from={Math.min(from, to)}
          to={Math.max(from, to)}
        />
      )}
      {restoring.value && (
        <Dialog
          title={words.restoreTitle(restoring.value.version)}
          onClose={() => {
            restoring.value = null;
          }}
        >
          <div class="save-dialog">
            <p>{words.restoreHint}</p>
            {session.isDirty.value && <Notice level="warn">{words.restoreLoses}</Notice>}
            <footer class="save-footer">
              <span class="save-footer-gap" />
              <Button
                onClick={() => {
                  restoring.value = null;
                }}
              >
                {words.cancel}
              </Button>
              <Button kind="primary" onClick={() => void restore(restoring.peek()!)}>
                {words.restore}
              </Button>
            </footer>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function Comparison({ session, from, to }: { session: DashboardSession; from: number; to: number }) {
  const { data, error } = useResult<VersionDiff>(
    () => diffVersions(session.uid, from, to),
    `${from} ${to}`,
  ).value;
  return (
    <section class="settings-comparison" aria-label={text.value.comparison(from, to)}>
      <h3>{text.value.comparison(from, to)}</h3>
      {error && <ErrorNotice error={error} />}
      {data && (
        <>
          <ul class="settings-changes">
            {data.changes.map((change, at) => (
              <li key={at}>
                <strong>{text.value.kinds[change.kind]}</strong>{' '}
                {[change.name ?? text.value.wheres[change.where], change.path].filter(Boolean).join(': ')}
                {change.before !== undefined && <del>{short(change.before)}</del>}
                {change.after !== undefined && <ins>{short(change.after)}</ins>}
              </li>
            ))}
          </ul>
          {data.changes.length === 0 && <p class="opt-hint">{text.value.sameMeaning}</p>}
          {data.unified && (
            <details>
              <summary>{text.value.asText}</summary>
              <UnifiedDiff text={data.unified} />
            </details>
          )}
        </>
      )}
    </section>
  );
}

function short(value: unknown): string {
  const written = JSON.stringify(value);
  return written.length > 200 ? `${written.slice(0, 200)}…` : written;
}
