import DOMPurify from 'dompurify';
import { marked } from 'marked';

/**
 * What a text panel may hold. Everything that runs, loads other pages, asks for
 * input or styles more than itself is left out.
 */
const rules = {
  USE_PROFILES: { html: true, svg: true },
  FORBID_TAGS: [
    'style',
    'form',
    'input',
    'button',
    'textarea',
    'select',
    'option',
    'iframe',
    'object',
    'embed',
    'base',
    'meta',
    'link',
  ],
  FORBID_ATTR: ['id', 'name', 'srcset', 'ping', 'formaction'],
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$)|data:image\/)/i,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Text that may be markdown or HTML, as nodes that are safe to show. */
export function renderText(content: string, mode: string): DocumentFragment {
  const html = mode === 'html' ? content : marked.parse(content, { async: false, gfm: true, breaks: false });
  const fragment = DOMPurify.sanitize(withoutHandlers(html), rules) as unknown as DocumentFragment;
  for (const link of fragment.querySelectorAll('a[target]')) {
    // Another page must not get hold of this one.
    link.setAttribute('rel', 'noopener noreferrer');
  }
  return fragment;
}

/**
 * Handlers never run: they are removed below and the content policy forbids them.
 * But the browser reports each as soon as it is parsed, so they go before.
 */
function withoutHandlers(html: string): string {
  return html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])on[a-z]+\s*=/gi, '$1data-removed='));
}
