import { addDays, type Day, exactDay, isDay, nextDate, nextWeekday } from "./dates.ts";
import { lineOf } from "./line.ts";

/** The words of one language that mean a day, without accents and in lower case. */
export interface DateWords {
  readonly today: readonly string[];
  readonly tomorrow: readonly string[];
  /** Names of the days, Monday first. */
  readonly weekdays: readonly (readonly string[])[];
  /** Names of the months, January first. */
  readonly months: readonly (readonly string[])[];
  /** The word before a count, as in "in 3 days". */
  readonly in: readonly string[];
  readonly days: readonly string[];
  readonly weeks: readonly string[];
}

export interface Understood {
  readonly title: string;
  readonly dueDate: Day | null;
  readonly priority: number;
  readonly labels: readonly string[];
  /** What each part was read from: shown before saving, and taken back as text on request. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly kind: "due" | "priority" | "label";
  /** The words as they were typed. */
  readonly text: string;
  readonly value: string;
}

interface Match {
  readonly part: Part;
  readonly length: number;
}

const MAX_LABELS = 10;
const MAX_LABEL_LENGTH = 40;

/**
 * Read `Pay rent tomorrow !2 #home`. Words in `literal` mean nothing but themselves. Of several dates
 * or priorities the last one counts, the others stay in the title.
 */
export function understand(
  text: string,
  today: Day,
  languages: readonly DateWords[],
  literal: ReadonlySet<string> = new Set(),
): Understood {
  const words = lineOf(text).split(/\s+/u).filter(Boolean);
  const found = findParts(words, today, languages, literal);
  const used = keepLast(found);
  const title = words.filter((_, i) => !covered(used, i)).join(" ");
  if (title === "" && used.size > 0) return plain(words.join(" "));
  const parts = [...used.values()].map((match) => match.part);
  const value = (kind: Part["kind"]) => parts.find((part) => part.kind === kind)?.value;
  return {
    title,
    dueDate: value("due") ?? null,
    priority: Number(value("priority") ?? 0),
    labels: parts.filter((part) => part.kind === "label").map((part) => part.value),
    parts,
  };
}

function plain(title: string): Understood {
  return { title, dueDate: null, priority: 0, labels: [], parts: [] };
}

function findParts(
  words: readonly string[],
  today: Day,
  languages: readonly DateWords[],
  literal: ReadonlySet<string>,
): Map<number, Match> {
  const found = new Map<number, Match>();
  for (let i = 0; i < words.length; i++) {
    const match = matchAt(words, i, today, languages);
    if (match === undefined || literal.has(match.part.text)) continue;
    found.set(i, match);
    i += match.length - 1;
  }
  return found;
}

/** One due date, one priority, and each label once. */
function keepLast(found: ReadonlyMap<number, Match>): Map<number, Match> {
  const seen = new Set<string>();
  let labels = 0;
  const kept: [number, Match][] = [];
  for (const [i, match] of [...found].reverse()) {
    const { kind, value } = match.part;
    const key = kind === "label" ? `#${value}` : kind;
    if (seen.has(key) || (kind === "label" && ++labels > MAX_LABELS)) continue;
    seen.add(key);
    kept.unshift([i, match]);
  }
  return new Map(kept);
}

function covered(used: ReadonlyMap<number, Match>, index: number): boolean {
  for (const [start, { length }] of used) if (index >= start && index < start + length) return true;
  return false;
}

function matchAt(
  words: readonly string[],
  i: number,
  today: Day,
  languages: readonly DateWords[],
): Match | undefined {
  const word = words[i] ?? "";
  const part = (kind: Part["kind"], value: string, length = 1): Match => ({
    part: { kind, value, text: words.slice(i, i + length).join(" ") },
    length,
  });
  const priority = /^!([0-3])$/.exec(word)?.[1];
  if (priority !== undefined) return part("priority", priority);
  const label = /^#([\p{L}\p{N}_][\p{L}\p{N}_-]*)$/u.exec(word)?.[1];
  if (label !== undefined && [...label].length <= MAX_LABEL_LENGTH) return part("label", label);
  for (const language of languages) {
    const day = dateAt(words, i, today, language);
    if (day !== undefined) return part("due", day.value, day.length);
  }
  return undefined;
}

interface DateFound {
  readonly value: Day;
  readonly length: number;
}

function dateAt(
  words: readonly string[],
  i: number,
  today: Day,
  language: DateWords,
): DateFound | undefined {
  const [first = "", second = "", third = ""] = words.slice(i, i + 3).map(fold);
  const of = (value: Day | undefined, length: number) =>
    value === undefined ? undefined : { value, length };
  if (isDay(first)) return of(first, 1);
  if (language.today.includes(first)) return of(today, 1);
  if (language.tomorrow.includes(first)) return of(addDays(today, 1), 1);
  const weekday = indexOf(language.weekdays, first);
  if (weekday >= 0) return of(nextWeekday(today, weekday + 1), 1);
  if (language.in.includes(first)) return of(ahead(today, second, third, language), 3);
  return dateOfMonth(today, [first, second, third], language);
}

function ahead(today: Day, count: string, unit: string, language: DateWords): Day | undefined {
  if (!/^\d{1,3}$/.test(count)) return undefined;
  if (language.days.includes(unit)) return addDays(today, Number(count));
  if (language.weeks.includes(unit)) return addDays(today, 7 * Number(count));
  return undefined;
}

/** "24 dec", "dec 24" and either with a year after it. */
function dateOfMonth(
  today: Day,
  [first, second, third]: readonly [string, string, string],
  language: DateWords,
): DateFound | undefined {
  const month = Math.max(indexOf(language.months, first), indexOf(language.months, second)) + 1;
  const number = /^(\d{1,2})(?:st|nd|rd|th|er|\.)?$/;
  const date = Number((number.exec(first) ?? number.exec(second))?.[1] ?? 0);
  if (month === 0 || date === 0) return undefined;
  const year = /^\d{4}$/.test(third) ? exactDay(Number(third), month, date) : undefined;
  if (year !== undefined) return { value: year, length: 3 };
  const next = nextDate(today, month, date);
  return next === undefined ? undefined : { value: next, length: 2 };
}

function indexOf(names: readonly (readonly string[])[], word: string): number {
  return names.findIndex((variants) => variants.includes(word));
}

/** Lower case without accents or a full stop at the end, so that "Déc." is "dec". */
export function fold(word: string): string {
  return word
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/’/g, "'")
    .toLowerCase()
    .replace(/[.,]$/, "");
}
