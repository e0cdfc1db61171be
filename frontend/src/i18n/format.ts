import { computed } from "@preact/signals";

import { addDays, type Day, daysBetween, isDay, toUtc } from "../todos/dates.ts";
import { locale } from "./language.ts";

/** Intl's formats, made once for each language. */
const formats = computed(() => {
  const tag = locale.value.toString();
  const day = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" });
  return {
    weekday: day({ weekday: "long" }),
    short: day({ day: "numeric", month: "short" }),
    withYear: day({ day: "numeric", month: "short", year: "numeric" }),
    long: day({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: "auto" }),
    number: new Intl.NumberFormat(tag, { maximumFractionDigits: 1 }),
  };
});

/** "Today", "Tomorrow", "Friday", "24 Dec" or "24 Dec 2027": as near as it is, as short as it can be. */
export function formatDue(due: Day, today: Day): string {
  if (!isDay(due)) return due; // as it is, rather than no list at all
  const { relative, weekday, short, withYear } = formats.value;
  const distance = daysBetween(today, due);
  if (Math.abs(distance) <= 1) return capital(relative.format(distance, "day"));
  if (distance > 1 && distance < 7) return capital(weekday.format(toUtc(due)));
  return (due.slice(0, 4) === today.slice(0, 4) ? short : withYear).format(toUtc(due));
}

export function formatLongDay(day: Day): string {
  if (!isDay(day)) return day;
  return formats.value.long.format(toUtc(day));
}

export function formatInstant(instant: string): string {
  // Not one of the above, which keep the time zone of their first day: people travel.
  const style = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Date(instant).toLocaleString(locale.value.toString(), style);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const style = { style: "unit", unit: UNITS[power] ?? "byte", unitDisplay: "short" } as const;
  const tag = locale.value.toString();
  return new Intl.NumberFormat(tag, { ...style, maximumFractionDigits: 1 }).format(
    bytes / 1024 ** power,
  );
}

export function formatNumber(value: number): string {
  return formats.value.number.format(value);
}

/** Older browsers have a property where newer ones have a function. */
interface WithWeek {
  readonly weekInfo?: { readonly firstDay: number };
  readonly getWeekInfo?: () => { readonly firstDay: number };
}

/** 1 is Monday, 7 is Sunday; as the browser's region has it. */
export function firstWeekday(): number {
  const tag = locale.value as WithWeek;
  return (tag.getWeekInfo?.() ?? tag.weekInfo)?.firstDay ?? 1;
}

/** Names of the seven days, Monday first, and of the twelve months. */
export function calendarNames(tag: string, width: "long" | "short") {
  const monday = toUtc("2024-01-01");
  const weekday = new Intl.DateTimeFormat(tag, { weekday: width, timeZone: "UTC" });
  const month = new Intl.DateTimeFormat(tag, { month: width, timeZone: "UTC" });
  const days = Array.from({ length: 7 }, (_, i) => toUtc(addDays("2024-01-01", i)));
  return {
    weekdays: days.map((day) => weekday.format(day)),
    months: Array.from({ length: 12 }, (_, i) => month.format(monday + i * 31 * 86_400_000)),
  };
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase(locale.value.toString()) + text.slice(1);
}
