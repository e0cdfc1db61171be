import { effect, signal } from "@preact/signals";

import { LANGUAGES, type Language } from "../i18n/language.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The device's, not the person's: they say nothing about anybody and stay after a sign-out. */
export interface Preferences {
  readonly theme: Theme;
  readonly language: Language | "auto";
  /** Single keys do something; who speaks to the computer says letters that are meant otherwise. */
  readonly shortcuts: boolean;
}

const KEY = "preferences";

export const preferences = signal<Preferences>(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.value));
  } catch {
    // Not kept: there is no room, or the browser lets websites keep nothing. It holds for this page.
  }
}

export function startTheme(): void {
  effect(() => {
    const { theme } = preferences.value;
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  });
}

function read(): Preferences {
  const stored = load();
  const theme = THEMES.find((known) => known === stored["theme"]) ?? "system";
  const language = LANGUAGES.find((known) => known === stored["language"]) ?? "auto";
  return { theme, language, shortcuts: stored["shortcuts"] !== false };
}

function load(): Partial<Record<string, unknown>> {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return {}; // out of reach, or somebody else wrote it; the defaults do
  }
}
