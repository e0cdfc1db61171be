import { describe, expect, test } from "vitest";

import {
  addDays,
  daysBetween,
  endOfWeek,
  isDay,
  nextDate,
  nextWeekday,
  today,
  weekday,
} from "./dates.ts";

// The ends of the world and its middle: at any moment two of them have different days.
const ZONES = ["Pacific/Pago_Pago", "Europe/Berlin", "Pacific/Kiritimati"];

function inZone<T>(zone: string, act: () => T): T {
  const before = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    return act();
  } finally {
    process.env["TZ"] = before;
  }
}

describe.each(ZONES)("in %s", (zone) => {
  test("days are counted across a change of the clocks", () => {
    inZone(zone, () => {
      expect(addDays("2027-03-27", 2)).toBe("2027-03-29");
      expect(addDays("2026-10-24", 2)).toBe("2026-10-26");
      expect(daysBetween("2027-03-27", "2027-03-29")).toBe(2);
    });
  });

  test("a weekday is that of the calendar", () => {
    inZone(zone, () => expect(weekday("2026-11-22")).toBe(7));
  });

  test("a year of long ago is that year", () => {
    inZone(zone, () => {
      expect(isDay("0020-05-05")).toBe(true);
      expect(daysBetween("0020-05-05", "1920-05-05")).toBe(693_960);
    });
  });

  test("a day is a day of the calendar", () => {
    inZone(zone, () => {
      expect(isDay("2028-02-29")).toBe(true);
      expect(isDay("2027-02-29")).toBe(false);
      expect(isDay("2027-2-9")).toBe(false);
    });
  });
});

test.each([
  ["Pacific/Pago_Pago", "2026-11-21"],
  ["Europe/Berlin", "2026-11-22"],
  ["Pacific/Kiritimati", "2026-11-23"],
])("today in %s is %s", (zone, expected) => {
  const moment = new Date("2026-11-22T10:30:00Z");

  expect(inZone(zone, () => today(moment))).toBe(expected);
});

test("a named weekday is never today", () => {
  expect(nextWeekday("2026-11-22", 7)).toBe("2026-11-29");
  expect(nextWeekday("2026-11-22", 1)).toBe("2026-11-23");
});

test.each([
  [1, "2026-11-22"],
  [7, "2026-11-28"],
  [6, "2026-11-27"],
])("the week that begins on %i ends on %s", (first, end) => {
  expect(endOfWeek("2026-11-22", first)).toBe(end);
});

test("a date without a year is the next one", () => {
  expect(nextDate("2026-11-22", 11, 22)).toBe("2026-11-22");
  expect(nextDate("2026-11-22", 11, 21)).toBe("2027-11-21");
  expect(nextDate("2026-11-22", 2, 29)).toBe("2028-02-29");
  expect(nextDate("2026-11-22", 2, 30)).toBeUndefined();
});
