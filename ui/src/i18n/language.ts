import { computed, type ReadonlySignal } from '@preact/signals';
import { isOneOf, preference } from '../preference';

export type Language = 'en' | 'ko';

export const languagePreference = preference('language', 'system', isOneOf('system', 'en', 'ko'));

function systemLanguage(): Language {
  return globalThis.navigator?.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

export const language = computed<Language>(() =>
  languagePreference.value === 'system' ? systemLanguage() : languagePreference.value,
);

/** The same keys with the same argument lists; only the wording differs. */
type Translation<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer Args) => string
      ? (...args: Args) => string
      : Translation<T[K]>;
};

/**
 * A dictionary: all text of the shell, or of one page, in both languages.
 * Read `text.value.key` while rendering, and a change of language redraws.
 */
export function defineText<T extends object>(
  en: T,
  ko: Translation<NoInfer<T>>,
): ReadonlySignal<Translation<T>> {
  return computed(() => (language.value === 'ko' ? ko : en) as Translation<T>);
}
