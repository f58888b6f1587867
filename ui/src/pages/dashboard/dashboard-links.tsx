import { searchDashboards } from '../../api/dashboards';
import { useResult } from '../../api/use-result';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { Popover } from '../../components/popover';
import { safeUrl, withState } from '../../dashboard/links';
import type { DashboardLink } from '../../dashboard/model';
import type { DashboardSession } from '../../dashboard/session';
import { text } from './text';

/** The links of a dashboard: to an address, or to all dashboards with the same tags. */
export function DashboardLinks({ session }: { session: DashboardSession }) {
  const links = session.dashboard.value.links ?? [];
  if (links.length === 0) return null;
  return (
    <nav class="dash-links" aria-label={text.value.links}>
      {links.map((link, index) =>
        link.type === 'dashboards' ? (
          <TaggedLinks key={index} session={session} link={link} />
        ) : (
          <PlainLink key={index} session={session} link={link} />
        ),
      )}
    </nav>
  );
}

type LinkProps = { session: DashboardSession; link: DashboardLink };

function PlainLink({ session, link }: LinkProps) {
  const url = safeUrl(session.interpolate(link.url ?? '', undefined, undefined, 'percentencode'));
  if (url === null) return null;
  return (
    <a
      class="button is-default"
      href={withState(session, url, link)}
      target={link.targetBlank ? '_blank' : undefined}
      rel="noopener noreferrer"
      title={session.interpolate(link.tooltip ?? '', undefined, undefined, 'text') || undefined}
    >
      <Icon name="external" />
      {session.interpolate(link.title, undefined, undefined, 'text') || url}
    </a>
  );
}

function TaggedLinks({ session, link }: LinkProps) {
  const tags = link.tags ?? [];
  const { data } = useResult(
    (signal) => searchDashboards({ tag: tags, type: 'dash-db', limit: 100 }, { signal }),
    tags.join(' '),
  ).value;
  const found = (data ?? []).filter(({ uid }) => uid !== session.uid);
  const anchors = found.map((hit) => (
    <a
      key={hit.uid}
      class={link.asDropdown ? 'choice-item' : 'button is-default'}
      href={withState(session, safeUrl(hit.url) ?? '', link)}
      target={link.targetBlank ? '_blank' : undefined}
      rel="noopener"
    >
      {!link.asDropdown && <Icon name="dashboards" />}
      {hit.title}
    </a>
  ));
  if (!link.asDropdown) return <>{anchors}</>;
  const title = link.title || text.value.dashboards;
  return (
    <Popover
      label={title}
      align="end"
      trigger={({ isOpen, toggle }) => (
        <Button icon="dashboards" aria-expanded={isOpen} aria-haspopup="menu" onClick={toggle}>
          {title}
          <Icon name="chevronDown" size={12} />
        </Button>
      )}
    >
      {() => (
        <div class="dash-link-list">{anchors.length > 0 ? anchors : <p>{text.value.noDashboards}</p>}</div>
      )}
    </Popover>
  );
}
