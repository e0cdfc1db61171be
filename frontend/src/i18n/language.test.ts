// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";

import { en } from "./en.ts";
import { firstWeekday, formatBytes, formatDue, formatInstant, formatLongDay } from "./format.ts";
import { fr } from "./fr.ts";
import { chooseLanguage, messages, preferredLanguage } from "./language.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await chooseLanguage("fr"); // a change of the language is when the region is looked at
  await chooseLanguage("en");
});

test.each([
  [["fr-CA", "en"], "fr"],
  [["de", "fr"], "fr"],
  [["de"], "en"],
  [[], "en"],
] as const)("a browser of %j speaks %s", (tags, language) => {
  expect(preferredLanguage(tags)).toBe(language);
});

/** The names of all messages, those within others too. */
function names(catalogue: object): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "object" && !Array.isArray(value)
      ? names(value).map((name) => `${key}.${name}`)
      : [key],
  );
}

test("both catalogues say the same, in other words", () => {
  expect(names(fr).toSorted()).toEqual(names(en).toSorted());
});

test("one is one and two are two, in both languages", () => {
  expect([en.left(0), en.left(1), en.left(2)]).toEqual([
    "0 to-dos left",
    "1 to-do left",
    "2 to-dos left",
  ]);
  expect([fr.left(0), fr.left(1), fr.left(2)]).toEqual([
    "0 tâche restante",
    "1 tâche restante",
    "2 tâches restantes",
  ]);
});

test("dates are near where they are near, and in the region's order", async () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB"]);
  await chooseLanguage("fr");
  await chooseLanguage("en");
  const shown = [
    "2026-11-21",
    "2026-11-22",
    "2026-11-23",
    "2026-11-27",
    "2026-12-24",
    "2027-01-01",
  ];

  expect(shown.map((day) => formatDue(day, "2026-11-22"))).toEqual([
    "Yesterday",
    "Today",
    "Tomorrow",
    "Friday",
    "24 Dec",
    "1 Jan 2027",
  ]);
});

test.each([
  [["en-US"], 7],
  [["en-GB"], 1],
  [["de-DE", "en"], 1],
  [["en-US@posix", "en-GB"], 1],
] as const)("the week of %j begins on %i", async (languages, first) => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  await chooseLanguage("fr");
  await chooseLanguage("en");

  expect(firstWeekday()).toBe(first);
});

test("sizes are in units that people know", () => {
  expect([0, 512, 1536, 26_214_400, 1024 ** 3].map(formatBytes)).toEqual([
    "0 byte",
    "512 byte",
    "1.5 kB",
    "25 MB",
    "1 GB",
  ]);
});

test("the page says which language it is in", async () => {
  await chooseLanguage("fr");

  expect(document.documentElement.lang).toBe("fr");
  expect(messages.value.save).toBe("Enregistrer");
});

test.each([["en-US@posix"], ["C", "fr-CA"], [""]])(
  "a browser of %j works all the same",
  async (...tags) => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);
    await chooseLanguage("fr");
    await chooseLanguage("en");

    expect(formatDue("2026-12-24", "2026-11-22")).toMatch(/24|Dec/);
  },
);

test("what is no day shows as it is, and breaks nothing", () => {
  expect(formatDue("12026-01-01", "2026-11-22")).toBe("12026-01-01");
  expect(formatLongDay("12026-01-01")).toBe("12026-01-01");
});

test("a moment is told in the time zone that somebody has travelled to", () => {
  const told = ["Europe/Paris", "Asia/Tokyo"].map((here) => {
    vi.stubEnv("TZ", here);
    return formatInstant("2026-11-22T20:00:00.000Z");
  });
  vi.unstubAllEnvs();

  expect(told).toEqual([expect.stringContaining("9:00"), expect.stringContaining("23")]);
});
