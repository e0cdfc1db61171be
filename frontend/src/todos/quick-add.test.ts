// @vitest-environment jsdom
import { beforeEach, describe, expect, test } from "vitest";

import { chooseLanguage } from "../i18n/language.ts";
import { dateWords } from "./date-words.ts";
import { understand } from "./quick-add.ts";

const TODAY = "2026-11-22"; // a Sunday

const read = (text: string, literal: readonly string[] = []) =>
  understand(text, TODAY, dateWords.value, new Set(literal));

describe("in English", () => {
  beforeEach(() => chooseLanguage("en"));

  test("a whole line is understood", () => {
    expect(read("Pay rent tomorrow !2 #home")).toMatchObject({
      title: "Pay rent",
      dueDate: "2026-11-23",
      priority: 2,
      labels: ["home"],
    });
  });

  test.each([
    ["Call today", "2026-11-22"],
    ["Call Tomorrow", "2026-11-23"],
    ["Call friday", "2026-11-27"],
    ["Call sunday", "2026-11-29"],
    ["Call in 3 days", "2026-11-25"],
    ["Call in 2 weeks", "2026-12-06"],
    ["Call 2027-01-31", "2027-01-31"],
    ["Call 24 dec", "2026-12-24"],
    ["Call dec 24", "2026-12-24"],
    ["Call December 24th", "2026-12-24"],
    ["Call 1 march", "2027-03-01"],
    ["Call 1 March 2028", "2028-03-01"],
  ])("%s is due on %s", (text, due) => {
    expect(read(text)).toMatchObject({ title: "Call", dueDate: due });
  });

  test.each([
    "Buy sun cream",
    "Call in sick",
    "May I",
    "Item 2027-02-30",
    "Watch 30 feb",
    "Say !4 and #",
    "in 3",
  ])("%s means nothing but itself", (text) => {
    expect(read(text)).toMatchObject({ title: text, dueDate: null, priority: 0, labels: [] });
  });

  test("of several dates the last one counts", () => {
    expect(read("Move today to tomorrow")).toMatchObject({
      title: "Move today to",
      dueDate: "2026-11-23",
    });
  });

  test("what is taken literally stays text", () => {
    expect(read("Read Today", ["Today"])).toMatchObject({ title: "Read Today", dueDate: null });
  });

  test("a line of nothing but marks is a title", () => {
    expect(read("tomorrow")).toMatchObject({ title: "tomorrow", dueDate: null, parts: [] });
  });

  test("a label is named once, and at most ten", () => {
    const many = Array.from({ length: 12 }, (_, i) => `#l${i}`).join(" ");

    expect(read("A #x #x").labels).toEqual(["x"]);
    expect(read(`A ${many}`).labels).toHaveLength(10);
  });

  test("the parts say what they were read from", () => {
    expect(read("A in 3 days !1 #b").parts).toEqual([
      { kind: "due", text: "in 3 days", value: "2026-11-25" },
      { kind: "priority", text: "!1", value: "1" },
      { kind: "label", text: "#b", value: "b" },
    ]);
  });
});

describe("in French", () => {
  beforeEach(() => chooseLanguage("fr"));

  test.each([
    ["Appeler aujourd’hui", "2026-11-22"],
    ["Appeler demain", "2026-11-23"],
    ["Appeler vendredi", "2026-11-27"],
    ["Appeler dans 3 jours", "2026-11-25"],
    ["Appeler 24 déc.", "2026-12-24"],
    ["Appeler 1er février", "2027-02-01"],
    ["Appeler 14 août", "2027-08-14"],
  ])("%s is due on %s", (text, due) => {
    expect(read(text)).toMatchObject({ title: "Appeler", dueDate: due });
  });

  test("English words are words", () => {
    expect(read("Lire Tomorrow")).toMatchObject({ title: "Lire Tomorrow", dueDate: null });
  });
});
