import { computed } from "@preact/signals";

import { calendarNames } from "../i18n/format.ts";
import { currentLanguage, messages } from "../i18n/language.ts";
import { type DateWords, fold } from "./quick-add.ts";

/** The words for days of the language in use: few of them written down, most of them Intl's. */
export const dateWords = computed((): readonly DateWords[] => {
  const words = messages.value.dateWords;
  const long = calendarNames(currentLanguage.value, "long");
  const short = calendarNames(currentLanguage.value, "short");
  return [
    {
      ...words,
      // Short names of days mean other things as well: sun, sat, mon.
      weekdays: long.weekdays.map((name) => [fold(name)]),
      months: long.months.map((name, i) => [fold(name), fold(short.months[i] ?? name)]),
    },
  ];
});
