import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { Popover } from '../../components/popover';
import type { DashboardSession } from '../../dashboard/session';
import { toast } from '../../shell/toasts';
import { formatDateTime } from '../../time/zone';
import { text } from './text';

/** Turns annotations on and off, and lists those that people made. */
export function AnnotationBar({ session }: { session: DashboardSession }) {
  const { annotations } = session;
  const queries = annotations.queries.value;
  const stored = annotations.stored.value;
  const t = text.value;
  if (queries.length === 0 && stored.length === 0) return null;
  const remove = async (id: number) => {
    const result = await annotations.remove(id);
    if (!result.ok) toast({ level: 'bad', message: t.annotationFailed, detail: result.error.message });
  };
  return (
    <div class="dash-annotations" role="group" aria-label={t.annotations}>
      {queries.map(({ query, isOn, error }) => (
        <label key={query.name} class="dash-annotation" title={error ?? undefined}>
          <input type="checkbox" checked={isOn} onChange={() => annotations.toggle(query.name)} />
          {query.name}
          {error && (
            <span class="dash-annotation-error" role="alert">
              <Icon name="warning" size={14} />
              <span class="visually-hidden">{error}</span>
            </span>
          )}
        </label>
      ))}
      {stored.length > 0 && (
        <Popover
          label={t.annotations}
          trigger={({ isOpen, toggle }) => (
            <Button kind="quiet" icon="flags" aria-expanded={isOpen} aria-haspopup="dialog" onClick={toggle}>
              {t.annotationCount(stored.length)}
            </Button>
          )}
        >
          {(close) => (
            <ul class="dash-annotation-list" aria-label={t.annotations}>
              {stored.map((one) => (
                <li key={one.id}>
                  <span class="dash-annotation-time">
                    {formatDateTime(one.time / 1000, session.time.zone.value)}
                  </span>
                  <span class="dash-annotation-text">{one.text}</span>
                  {session.meta.value.canEdit && (
                    <>
                      <Button
                        kind="quiet"
                        onClick={() => {
                          close();
                          annotations.draft.value = {
                            id: one.id,
                            time: one.time,
                            timeEnd: one.timeEnd ?? one.time,
                            text: one.text,
                            tags: one.tags ?? [],
                          };
                        }}
                      >
                        {t.edit}
                      </Button>
                      <Button kind="quiet" onClick={() => void remove(one.id)}>
                        {t.delete}
                      </Button>
                    </>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Popover>
      )}
    </div>
  );
}
