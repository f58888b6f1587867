import { language } from '../../../../i18n/language';

/** One of the two wordings that panels and transformations bring along. */
export function inLanguage(name: readonly [string, string]): string {
  return language.value === 'ko' ? name[1] : name[0];
}
