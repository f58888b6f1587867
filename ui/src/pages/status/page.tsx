import './page.css';
import type { ComponentType } from 'preact';
import { EmptyState, Notice } from '../../components/notice';
import { Page } from '../../components/page';
import { text as shared } from '../../i18n/text';
import { withBase } from '../../router/location';
import { href, type PageProps } from '../../routes';
import { replayFraction } from '../../shell/server';
import { CardinalitySection } from './cardinality-section';
import { ConfigSection } from './config-section';
import { FlagsSection } from './flags-section';
import { RuntimeSection } from './runtime-section';
import { StorageSection } from './storage-section';
import { text } from './text';

const sections = {
  runtime: RuntimeSection,
  storage: StorageSection,
  cardinality: CardinalitySection,
  config: ConfigSection,
  flags: FlagsSection,
} satisfies Record<string, ComponentType>;

const names = Object.keys(sections) as (keyof typeof sections)[];

/** The server itself, section by section. */
export function StatusPage({ params }: PageProps<'/status/:section'>) {
  const section = names.find((name) => name === params.section);
  const Section = section && sections[section];
  const { nav } = shared.value;
  return (
    <Page
      title={text.value.title}
      lead={
        <nav class="status-tabs" aria-label={text.value.sections}>
          {names.map((name) => (
            <a
              key={name}
              class="status-tab"
              href={withBase(href('status', { section: name }))}
              aria-current={name === section ? 'page' : undefined}
            >
              {nav[name]}
            </a>
          ))}
        </nav>
      }
    >
      <div class="status">
        <Replay />
        {Section ? (
          <Section key={section} />
        ) : (
          <EmptyState icon="search" title={text.value.unknownSection(params.section)} />
        )}
      </div>
    </Page>
  );
}

/** How far the start is, while it lasts. */
function Replay() {
  const fraction = replayFraction.value;
  if (fraction === null) return null;
  const percent = Math.floor(fraction * 100);
  const words = text.value.replay;
  return (
    <Notice level="info" title={words.title}>
      <p>{words.hint}</p>
      <div
        class="status-progress"
        role="progressbar"
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-label={words.title}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      <p class="status-progress-text">{words.progress(percent)}</p>
    </Notice>
  );
}
