import './links.css';
import { Button, IconButton } from '../../../../components/button';
import type { DataLink } from '../../../../dashboard/model';
import { Switch, TextInput } from '../form/inputs';
import { movedEntry, Sortable } from '../form/sortable';
import { isSafeLink } from './link-safety';
import { text } from './text';

/** Links of a panel, or of its data. Variables are put in where they are drawn. */
export function LinksEditor({
  value,
  onChange,
  help,
}: {
  value?: DataLink[];
  onChange(value: DataLink[]): void;
  help?: string;
}) {
  const links = value ?? [];
  const set = (at: number, link: DataLink) =>
    onChange(links.map((other, place) => (place === at ? link : other)));
  return (
    <div class="links-editor">
      <Sortable
        label={text.value.links}
        keys={links.map((_, at) => String(at))}
        names={links.map(({ title }) => title || text.value.link)}
        onMove={(from, to) => onChange(movedEntry(links, from, to))}
      >
        {(at, handle) => {
          const link = links[at]!;
          return (
            <div class="link-card">
              <div class="link-card-head">
                {handle}
                <TextInput
                  label={text.value.linkTitle}
                  hideLabel
                  placeholder={text.value.linkTitle}
                  value={link.title}
                  onChange={(title) => set(at, { ...link, title })}
                />
                <IconButton
                  icon="trash"
                  label={text.value.removeNamed(link.title || text.value.link)}
                  onClick={() => onChange(links.filter((_, place) => place !== at))}
                />
              </div>
              <TextInput
                label="URL"
                hideLabel
                placeholder={`https://… \${__value.raw}`}
                value={link.url}
                error={isSafeLink(link.url) ? undefined : text.value.unsafeLink}
                onChange={(url) => set(at, { ...link, url })}
              />
              <Switch
                label={text.value.newTab}
                value={link.targetBlank === true}
                onChange={(targetBlank) => set(at, { ...link, targetBlank })}
              />
            </div>
          );
        }}
      </Sortable>
      {help && <p class="opt-hint">{help}</p>}
      <Button icon="plus" onClick={() => onChange([...links, { title: '', url: '' }])}>
        {text.value.addLink}
      </Button>
    </div>
  );
}
