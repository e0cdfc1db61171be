/**
 * Calendar days as `YYYY-MM-DD`. They never pass through a time zone: arithmetic is done in UTC on
 * midnights that stand for the day, and only `today` asks what day it is here.
 */
export type Day = string;

const DAY_MS = 86_400_000;
const PATTERN = /^\d{4}-\d{2}-\d{2}$/;
/** The last day the API takes; a date field left alone goes on to the year 275760. */
export const LAST_DAY: Day = "9999-12-31";

/** The day it is for the person at this machine. */
export function today(now = new Date()): Day {
  return dayOf(now.getFullYear(), now.getMonth() + 1, now.getDate());
}

export function addDays(day: Day, count: number): Day {
  return fromUtc(toUtc(day) + count * DAY_MS);
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((toUtc(to) - toUtc(from)) / DAY_MS);
}

/** 1 is Monday, 7 is Sunday. */
export function weekday(day: Day): number {
  return new Date(toUtc(day)).getUTCDay() || 7;
}

/** The next such weekday after `day`, a week later if `day` is one itself. */
export function nextWeekday(day: Day, wanted: number): Day {
  return addDays(day, ((wanted - weekday(day) + 6) % 7) + 1);
}

/** The last day of the week `day` lies in. */
export function endOfWeek(day: Day, firstWeekday: number): Day {
  return addDays(day, 6 - ((weekday(day) - firstWeekday + 7) % 7));
}

export function isDay(text: string): boolean {
  return PATTERN.test(text) && fromUtc(toUtc(text)) === text;
}

/** The day of that month and year, or undefined if the month has no such day. */
export function exactDay(year: number, month: number, date: number): Day | undefined {
  const day = dayOf(year, month, date);
  return isDay(day) ? day : undefined;
}

/** The first time from `from` on that the calendar shows this date. */
export function nextDate(from: Day, month: number, date: number): Day | undefined {
  const year = Number(from.slice(0, 4));
  for (let ahead = 0; ahead <= 8; ahead++) {
    const day = exactDay(year + ahead, month, date); // 29 February may be eight years away
    if (day !== undefined && day >= from) return day;
  }
  return undefined;
}

/** For Intl, together with `timeZone: "UTC"`. */
export function toUtc(day: Day): number {
  // Not Date.UTC, to which the year 20 is 1920.
  return PATTERN.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
}

function fromUtc(time: number): Day {
  return Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 10);
}

function dayOf(year: number, month: number, date: number): Day {
  const padded = (value: number, digits: number) => String(value).padStart(digits, "0");
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
}
