import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../../../components/button';
import { Select } from '../../../../components/field';
import type { DashboardLink } from '../../../../dashboard/model';
import type { DashboardSession } from '../../../../dashboard/session';
import { MultiCombobox } from '../form/combobox';
import { FormRow, Switch, TextInput } from '../form/inputs';
import { movedEntry, Sortable } from '../form/sortable';
import { isSafeLink } from '../panel/link-safety';
import { text } from './text';

/** Links at the top of the dashboard: to a page, or to all dashboards with a tag. */
export function LinkSettings({ session }: { session: DashboardSession }) {
  const list = session.dashboard.value.links ?? [];
  const openAt = useSignal(-1);
  const words = text.value;
  const change = (next: DashboardLink[]) =>
    session.change(words.linksChanged, (dashboard) => ({ ...dashboard, links: next }));
  return (
    <div class="settings-list">
      <Sortable
        label={words.views.links}
        keys={list.map((_, at) => String(at))}
        names={list.map(({ title }) => title || words.link)}
        onMove={(from, to) => {
          openAt.value = -1;
          change(movedEntry(list, from, to));
        }}
      >
        {(at, handle) => {
          const link = list[at]!;
          const title = link.title || words.link;
          const isOpen = openAt.value === at;
          const set = (part: Partial<DashboardLink>) => change(list.with(at, { ...link, ...part }));
          return (
            <section class="settings-card" aria-label={title}>
              <header class="settings-card-head">
                {handle}
                <button
                  type="button"
                  class="settings-card-title"
                  aria-expanded={isOpen}
                  onClick={() => {
                    openAt.value = isOpen ? -1 : at;
                  }}
                >
                  {title}
                  <span class="settings-card-note">
                    {link.type === 'dashboards' ? (link.tags ?? []).join(', ') : link.url}
                  </span>
                </button>
                <IconButton
                  icon="trash"
                  label={words.removeLink(title)}
                  onClick={() => {
                    openAt.value = -1;
                    change(list.toSpliced(at, 1));
                  }}
                />
              </header>
              {isOpen && (
                <div class="settings-card-body">
                  <div class="settings-line">
                    <TextInput
                      label={words.linkTitle}
                      value={link.title}
                      onChange={(written) => set({ title: written })}
                    />
                    <Select
                      label={words.linkType}
                      value={link.type}
                      choices={[
                        { value: 'link', label: words.linkTypes.link },
                        { value: 'dashboards', label: words.linkTypes.dashboards },
                      ]}
                      onChange={(type) => set({ type })}
                    />
                  </div>
                  {link.type === 'dashboards' ? (
                    <>
                      <FormRow label={words.tags}>
                        <MultiCombobox
                          label={words.tags}
                          hideLabel
                          isFree
                          values={link.tags ?? []}
                          options={[]}
                          onChange={(tags) => set({ tags })}
                        />
                      </FormRow>
                      <Switch
                        label={words.asDropdown}
                        value={link.asDropdown === true}
                        onChange={(asDropdown) => set({ asDropdown })}
                      />
                    </>
                  ) : (
                    <>
                      <TextInput
                        label="URL"
                        value={link.url ?? ''}
                        error={isSafeLink(link.url ?? '') ? undefined : words.unsafeLink}
                        onChange={(url) => set({ url })}
                      />
                      <TextInput
                        label={words.tooltipText}
                        value={link.tooltip ?? ''}
                        onChange={(tooltip) => set({ tooltip })}
                      />
                    </>
                  )}
                  <Switch
                    label={words.keepTime}
                    value={link.keepTime === true}
                    onChange={(keepTime) => set({ keepTime })}
                  />
                  <Switch
                    label={words.includeVars}
                    value={link.includeVars === true}
                    onChange={(includeVars) => set({ includeVars })}
                  />
                  <Switch
                    label={words.newTab}
                    value={link.targetBlank === true}
                    onChange={(targetBlank) => set({ targetBlank })}
                  />
                </div>
              )}
            </section>
          );
        }}
      </Sortable>
      <Button
        icon="plus"
        onClick={() => {
          openAt.value = list.length;
          change([
            ...list,
            {
              type: 'link',
              title: words.link,
              url: '',
              tags: [],
              icon: 'external link',
              tooltip: '',
              asDropdown: false,
              targetBlank: false,
              includeVars: false,
              keepTime: false,
            },
          ]);
        }}
      >
        {words.addLink}
      </Button>
    </div>
  );
}
