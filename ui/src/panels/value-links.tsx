import './value-links.css';
import type { ComponentChildren } from 'preact';
import type { ValueLink } from '../frame/links';
import { Floating } from './floating';

export type LinkedProps = {
  links: readonly ValueLink[];
  /** What opens the list where there are several. */
  label: string;
  class?: string;
  children: ComponentChildren;
};

/** What a value shows, as its link, or as a button that lists its links. */
export function Linked({ links, label, class: name = '', children }: LinkedProps) {
  const [first] = links;
  if (!first) return <div class={name}>{children}</div>;
  if (links.length === 1) {
    return (
      <a class={`${name} value-link`} title={first.title} {...linkProps(first)}>
        {children}
      </a>
    );
  }
  return (
    <Floating
      label={label}
      class="value-links"
      trigger={({ isOpen, toggle }) => (
        <button
          type="button"
          class={`${name} value-link`}
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          onClick={toggle}
        >
          {children}
        </button>
      )}
    >
      {() => (
        <ul class="value-link-list">
          {links.map((link) => (
            <li key={link.href + link.title}>
              <a {...linkProps(link)}>{link.title}</a>
            </li>
          ))}
        </ul>
      )}
    </Floating>
  );
}

export function linkProps({ href, opensNewTab }: ValueLink): {
  href: string;
  target?: string;
  rel?: string;
} {
  return opensNewTab ? { href, target: '_blank', rel: 'noopener noreferrer' } : { href };
}
