import './panel-header.css';
import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../components/icon';
import { lazy } from '../components/lazy';
import { Popover } from '../components/popover';
import type { Frame } from '../frame/frame';
import { useKeys } from '../shell/keys';
import type { Scope } from '../variables/scope';
import { resolvePanelLink } from './links';
import type { Panel } from './model';
import type { PanelTime } from './panel-time';
import type { PanelData } from './runner';
import type { DashboardSession } from './session';
import { text } from './text';

export const panelHeaderHeight = 32;

export type PanelHeaderProps = {
  session: DashboardSession;
  panel: Panel;
  scope: Scope;
  cellKey: string;
  headingId: string;
  title: string;
  data: PanelData;
  frames: ReadonlySignal<readonly Frame[]>;
  time: PanelTime;
  withMenu?: boolean;
};

/** Title and state of a panel, and what leads on from it. Without a title it floats above the content while pointed at. */
export function PanelHeader(props: PanelHeaderProps) {
  const { session, panel, scope, headingId, title, data, time, withMenu } = props;
  const t = text.value;
  const errors = data.errors.map(({ refId, message }) => (refId ? `${refId}: ${message}` : message));
  // What is only to be known stands in the panel's inspection.
  const notices = [
    ...new Set(
      data.answers
        .flatMap(({ meta }) => meta?.notices ?? [])
        .filter(({ severity }) => severity !== 'info')
        .map((notice) => notice.text),
    ),
  ];
  const verdict = session.verdicts.value.find(({ panelId }) => panelId === panel.id);
  const description = session.interpolate(panel.description ?? '', scope, undefined, 'text').trim();
  const links = (panel.links ?? [])
    .map((link) => resolvePanelLink(session, link, scope))
    .filter((link) => link !== null);
  const name = title || t.untitledPanel;
  return (
    <header class={title ? 'dash-panel-header' : 'dash-panel-header is-floating'}>
      {title && (
        <h2 class="dash-panel-title" id={headingId} title={title}>
          {title}
        </h2>
      )}
      {description && (
        <Hint icon="info" label={t.descriptionOf(name)}>
          <div class="dash-panel-text">{description}</div>
        </Hint>
      )}
      {links.length > 0 && (
        <Hint icon="external" label={t.linksOf(name)}>
          <ul class="choice-list">
            {links.map((link) => (
              <li key={link.url}>
                <a
                  class="choice-item"
                  href={link.url}
                  target={link.opensTab ? '_blank' : undefined}
                  rel="noopener noreferrer"
                >
                  {link.title}
                </a>
              </li>
            ))}
          </ul>
        </Hint>
      )}
      {verdict && verdict.level !== 'exact' && (
        <Hint
          icon={verdict.level === 'unsupported' ? 'warning' : 'flags'}
          level={verdict.level === 'unsupported' ? 'warn' : undefined}
          label={verdict.level === 'unsupported' ? t.unsupported(name) : t.approximate(name)}
        >
          <TextList items={verdict.reasons} />
        </Hint>
      )}
      {notices.length > 0 && (
        <Hint icon="info" level="warn" label={t.noticesOf(name)}>
          <TextList items={notices} />
        </Hint>
      )}
      {errors.length > 0 && (
        <Hint icon="error" level="bad" label={t.errorsOf(name)}>
          <TextList items={errors} />
        </Hint>
      )}
      {!panel.hideTimeOverride && (time.from || time.shift) && (
        <span class="dash-panel-time" title={t.ownTime}>
          <Icon name="clock" size={12} />
          {[time.from && t.lastTime(time.from), time.shift && t.shiftedBy(time.shift)]
            .filter(Boolean)
            .join(' ')}
        </span>
      )}
      {withMenu && <MenuButton {...props} name={name} />}
      {data.loading && <span class="dash-panel-loading" />}
    </header>
  );
}

function TextList({ items }: { items: readonly string[] }) {
  return (
    <ul class="dash-panel-text">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

type HintProps = { icon: IconName; level?: 'warn' | 'bad'; label: string; children: ComponentChildren };

/** A small sign in the header; what it means opens beside it. */
function Hint({ icon, level, label, children }: HintProps) {
  return (
    <Popover
      label={label}
      trigger={({ isOpen, toggle }) => (
        <button
          type="button"
          class={`dash-panel-badge ${level ? `is-${level}` : ''}`}
          aria-label={label}
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          title={label}
          onClick={toggle}
        >
          <Icon name={icon} size={14} />
        </button>
      )}
    >
      {() => children}
    </Popover>
  );
}

export type PanelMenuProps = PanelHeaderProps & { name: string; close(): void };

const PanelMenu = lazy<PanelMenuProps>(
  () => import('./panel-menu').then((module) => module.PanelMenu),
  <div class="panel-menu" aria-busy="true" />,
);

function MenuButton(props: PanelHeaderProps & { name: string }) {
  const isOpen = useSignal(false);
  return (
    <span class="dash-panel-menu">
      <Popover
        label={text.value.menuOf(props.name)}
        align="end"
        isOpen={isOpen}
        trigger={({ isOpen: opened, toggle }) => (
          <button
            type="button"
            class="dash-panel-badge"
            aria-label={text.value.menuOf(props.name)}
            aria-expanded={opened}
            aria-haspopup="menu"
            onClick={toggle}
          >
            <Icon name="more" />
          </button>
        )}
      >
        {(close) => <PanelMenu {...props} close={close} />}
      </Popover>
      {props.session.activePanel.value === props.cellKey && (
        <PanelKeys
          open={() => {
            isOpen.value = true;
          }}
        />
      )}
    </span>
  );
}

/** Keys of the panel that is pointed at or has the focus. */
function PanelKeys({ open }: { open(): void }) {
  useKeys({ m: open });
  return null;
}
