import './settings.css';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from '../../../../components/button';
import type { DashboardSession } from '../../../../dashboard/session';
import { query, setQuery } from '../../../../router/location';
import { AnnotationSettings } from './annotations';
import { GeneralSettings } from './general';
import { JsonSettings } from './json';
import { LinkSettings } from './links';
import { PermissionSettings } from './permissions';
import { text } from './text';
import { VariableSettings } from './variables';
import { VersionSettings } from './versions';

const views = {
  settings: GeneralSettings,
  variables: VariableSettings,
  annotations: AnnotationSettings,
  links: LinkSettings,
  versions: VersionSettings,
  json: JsonSettings,
  permissions: PermissionSettings,
} satisfies Record<string, ComponentType<{ session: DashboardSession }>>;

type View = keyof typeof views;

/** Grafana's names of the same in links. */
const aliases: Record<string, View> = {
  templating: 'variables',
  dashboard_json: 'json',
  'json-model': 'json',
  history: 'versions',
};

/** Everything of a dashboard that is not a panel. */
export function DashboardSettings({ session, view }: { session: DashboardSession; view: string }) {
  const chosen: View = view in views ? (view as View) : (aliases[view] ?? 'settings');
  const Shown = views[chosen];
  useEffect(() => {
    session.isEditing.value = true;
  }, []);
  return (
    <div class="dash-settings">
      <nav class="dash-settings-nav" aria-label={text.value.title}>
        <Button
          icon="chevronLeft"
          kind="quiet"
          onClick={() => setQuery({ editview: null, editIndex: null }, 'push')}
        >
          {text.value.back}
        </Button>
        <ul>
          {(Object.keys(views) as View[]).map((name) => (
            <li key={name}>
              <a
                href={viewHref(name)}
                class="dash-settings-link"
                aria-current={name === chosen ? 'page' : undefined}
              >
                {text.value.views[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <section class="dash-settings-content" aria-label={text.value.views[chosen]}>
        <h2>{text.value.views[chosen]}</h2>
        <Shown session={session} />
      </section>
    </div>
  );
}

function viewHref(name: View): string {
  const next = new URLSearchParams(query.value);
  next.set('editview', name);
  return `${location.pathname}?${next}`;
}
