import '../../components/form.css';
import { useSignal } from '@preact/signals';
import { endSession, ownSessions } from '../../api/people';
import { useResult } from '../../api/use-result';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { RelativeTime } from '../../components/relative-time';
import { act } from '../../shell/act';
import { text } from './text';

export function Sessions() {
  const t = text.value;
  const round = useSignal(0);
  const sessions = useResult((signal) => ownSessions({ signal }), 'sessions', round.value);
  const { data, error } = sessions.value;
  const end = async (id: number) => {
    if ((await act(endSession(id), t.ended)) !== null) round.value += 1;
  };
  if (error && !data) return <ErrorNotice error={error} />;
  if (!data) return <Skeleton height="88px" />;
  return (
    <div class="plain-table-box">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">{t.device}</th>
            <th scope="col" class="is-wide-only">
              {t.address}
            </th>
            <th scope="col">{t.seen}</th>
            <th class="is-actions" />
          </tr>
        </thead>
        <tbody>
          {data.map(({ id, browser, os, clientIp, seenAt, isActive }) => {
            const device = [browser || t.unknownBrowser, os].filter(Boolean).join(' · ');
            return (
              <tr key={id}>
                <td>{device}</td>
                <td class="is-wide-only">{clientIp}</td>
                <td>
                  <RelativeTime seconds={Date.parse(seenAt) / 1000} />
                </td>
                <td class="is-actions">
                  {isActive ? (
                    <Badge level="ok">{t.current}</Badge>
                  ) : (
                    <Button kind="quiet" title={t.endSession(device)} onClick={() => end(id)}>
                      {t.end}
                    </Button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
