import i18next from 'i18next';
import type { i18n as I18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../clock.ts';

/** Every `<language>/<namespace>.json` beside this file; adding a file is enough to load it. */
const files = import.meta.glob<Record<string, unknown>>('./*/*.json', { eager: true, import: 'default' });

/** `{ 'zh-CN': { common: {...} }, en: {...} }` from the files found at build time. */
export function resourcesFrom(
  found: Readonly<Record<string, Record<string, unknown>>>,
): Record<string, Record<string, Record<string, unknown>>> {
  const resources: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const [path, content] of Object.entries(found)) {
    const [, language, namespace] = /^\.\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
    if (language === undefined || namespace === undefined) continue;
    (resources[language] ??= {})[namespace] = content;
  }
  return resources;
}

/**
 * Starts translation for a page. Chinese is the house language; a hall may override words by
 * passing `overrides` in the same shape as the files.
 */
export async function startI18n(
  language: Language,
  overrides: Readonly<Record<string, Record<string, Record<string, unknown>>>> = {},
): Promise<I18n> {
  const instance = i18next.createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    defaultNS: 'common',
    resources: resourcesFrom(files),
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  for (const [lang, namespaces] of Object.entries(overrides)) {
    for (const [namespace, words] of Object.entries(namespaces)) {
      instance.addResourceBundle(lang, namespace, words, true, true);
    }
  }
  instance.on('languageChanged', (next) => {
    document.documentElement.lang = next;
  });
  document.documentElement.lang = language;
  return instance;
}
