import { displayOf, displayText } from '../frame/display';
import type { Field, Frame } from '../frame/frame';
import { displayName } from '../frame/names';
import { fillScope, type TextScope } from '../frame/scoped-text';
import { withBase } from '../router/location';
import type { Theme } from '../shell/theme';
import type { PanelContext } from './plugin';

export type ResolvedLink = { text: string; href: string; isNewTab: boolean };

/**
 * An address of a dashboard that may be followed: http, https, mailto, or one of
 * this server; `null` for everything else (`javascript:`, `data:`, …).
 */
export function safeHref(address: string): string | null {
  // Browsers skip these within a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
  const plain = address.replace(/[\u0000-\u001f\u007f]/g, '').trim();
  if (/^(?:https?|mailto):/i.test(plain)) return plain;
  if (/^[a-z][a-z\d+.-]*:/i.test(plain) || /^[\\/]{2}/.test(plain.replaceAll('\\', '/'))) return null;
  return plain.startsWith('/') ? withBase(plain) : plain;
}

/** The links of a field for one of its values, with all variables put in. Those that may not be followed are left out. */
export function linksOf(
  field: Field,
  frame: Frame | undefined,
  row: number,
  context: PanelContext,
  options: { timeZone: string; theme: Theme },
): ResolvedLink[] {
  const { links } = field.config;
  if (!links?.length) return [];
  const scope = scopeOf(field, frame, row, options);
  const fill = (text: string) => context.interpolate(fillScope(text, scope));
  const resolved: ResolvedLink[] = [];
  for (const { title, url, targetBlank } of links) {
    const href = safeHref(fill(url ?? ''));
    if (href) resolved.push({ text: fill(title ?? '') || href, href, isNewTab: targetBlank === true });
  }
  return resolved;
}

function scopeOf(
  field: Field,
  frame: Frame | undefined,
  row: number,
  options: { timeZone: string; theme: Theme },
): TextScope {
  const part = (of: Field) => {
    const raw = of.values[row];
    const shown = displayOf(of, options)(raw);
    return { raw, text: displayText(shown), numeric: shown.numeric };
  };
  const time = frame?.fields.find(({ type }) => type === 'time')?.values[row];
  return {
    field: { name: field.name, displayName: displayName(field), labels: field.labels ?? {} },
    seriesName: displayName(field),
    value: { ...part(field), time: typeof time === 'number' ? time : undefined },
    row: (key) => {
      const found =
        typeof key === 'number'
          ? frame?.fields[key]
          : frame?.fields.find((one) => one.name === key || displayName(one) === key);
      return found && part(found);
    },
  };
}
