import { signal } from "@preact/signals";

import { today as todayNow } from "../todos/dates.ts";

/** The day it is, also after midnight. */
export const today = signal(todayNow());

const CHECK_MS = 30_000;

const check = () => {
  today.value = todayNow();
};
setInterval(check, CHECK_MS);
document.addEventListener("visibilitychange", check);
