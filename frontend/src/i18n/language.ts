import { computed, signal } from "@preact/signals";

import { en, type Messages } from "./en.ts";

export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

const catalogue = signal<Messages>(en);
const language = signal<Language>("en");

export const messages = computed(() => catalogue.value);
export const currentLanguage = computed(() => language.value);

/**
 * For Intl: the words of the catalogue in the customs of the browser's region, such as `en-DE`, whose
 * week begins on Monday.
 */
export const locale = computed(() => {
  const preferred = navigator.languages.flatMap(localeOf);
  const own = preferred.find((tag) => tag.language === language.value);
  const region = own?.region ?? preferred.find((tag) => tag.region)?.region;
  return new Intl.Locale(language.value, region ? { region } : {});
});

/** None for what is no language tag, as some systems' `en-US@posix`. */
function localeOf(tag: string): Intl.Locale[] {
  try {
    return [new Intl.Locale(tag)];
  } catch {
    return [];
  }
}

/** The first of the browser's languages that there is a catalogue of. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = LANGUAGES.find((known) => tag.toLowerCase().split("-")[0] === known);
    if (found) return found;
  }
  return "en";
}

export async function chooseLanguage(wanted: Language): Promise<void> {
  // A page in English is better than none: the file may be out of reach just now.
  const french = wanted === "fr" ? await import("./fr.ts").catch(() => undefined) : undefined;
  catalogue.value = french?.fr ?? en;
  language.value = french ? "fr" : "en";
  document.documentElement.lang = language.value;
}
