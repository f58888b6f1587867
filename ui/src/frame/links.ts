import type { DataLink } from '../dashboard/model';
import type { Theme } from '../shell/theme';
import { cellOf } from './columns';
import { type DisplayValue, displayOf, displayText } from './display';
import { type Field, type Frame, isTimeField } from './frame';
import { displayName, labelText } from './names';
import { fillScope, type TextScope } from './scoped-text';

/** A link with everything put in, safe to follow. */
export type ValueLink = { title: string; href: string; opensNewTab: boolean };

export type LinkContext = {
  interpolate(text: string, scoped?: Record<string, unknown>, format?: string): string;
  timeZone: string;
  theme: Theme;
};

/** What a dashboard may link to: pages of this or another site, and mail. Undefined for everything else, as `javascript:`. */
export function safeHref(url: string): string | undefined {
  // Browsers drop these from within a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const text = url.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028\u2029\ufeff]+/g, (run) =>
    /^ +$/.test(run) ? ' ' : '',
  );
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'http' || scheme === 'https' || scheme === 'mailto') return trimmed;
  return undefined;
}

/** What a row lends to a text; `row` is absent where a value stands for the whole field. */
export function textScope(
  field: Field,
  frame: Frame,
  shown: DisplayValue,
  row: number | undefined,
  context: LinkContext,
): TextScope {
  const time = row === undefined ? undefined : frame.fields.find(isTimeField)?.values[row];
  const raw = row === undefined ? shown.numeric : cellOf(field, row);
  return {
    field: { name: field.name, displayName: displayName(field), labels: field.labels ?? {} },
    seriesName: frame.name ?? (labelText(field.labels) || displayName(field)),
    value: {
      raw: Number.isNaN(raw) ? shown.text : raw,
      text: displayText(shown),
      numeric: shown.numeric,
      time,
    },
    row: (key) => {
      const other =
        typeof key === 'number'
          ? frame.fields[key]
          : frame.fields.find((candidate) => displayName(candidate) === key || candidate.name === key);
      if (!other || frame.length === 0) return undefined;
      const cell = cellOf(other, row ?? frame.length - 1);
      const written = displayOf(other, context)(cell);
      return { raw: cell, text: displayText(written), numeric: written.numeric };
    },
  };
}

function filled(text: string, scope: TextScope, context: LinkContext): string {
  return fillScope(context.interpolate(text), scope);
}

/** The links of a value, those left out that lead nowhere safe. */
export function valueLinks(
  field: Field,
  frame: Frame,
  shown: DisplayValue,
  row: number | undefined,
  context: LinkContext,
): ValueLink[] {
  const links = field.config.links;
  if (!links || links.length === 0) return [];
  const scope = textScope(field, frame, shown, row, context);
  return links.flatMap((link) => resolveLink(link, (text) => filled(text, scope, context)));
}

export function resolveLink(link: DataLink, fill: (text: string) => string): ValueLink[] {
  if (typeof link?.url !== 'string') return [];
  const href = safeHref(fill(link.url));
  if (href === undefined) return [];
  return [{ title: fill(link.title ?? '') || href, href, opensNewTab: link.targetBlank === true }];
}

/** What a picture may come from. The content policy has the last word on which sites it is. */
export function safeImage(url: string): string | undefined {
  if (/^data:image\/(png|jpe?g|gif|webp|svg\+xml)[;,]/i.test(url.trim())) return url.trim();
  const href = safeHref(url);
  return href?.startsWith('mailto:') ? undefined : href;
}
