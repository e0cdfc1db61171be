import { expect, test } from "vitest";

import { meetsRules } from "./password.ts";

test.each(["Correct-horse-9", "Correct horse 9 battery"])("%j is a password", (password) => {
  expect(meetsRules(password)).toBe(true);
});

test.each([
  "Correct-ho9",
  "Correct-horse",
  "correct-horse-9",
  "CORRECT-HORSE-9",
  " Correct-horse-9",
  "Correct-horse-9 ",
])("%j is none", (password) => {
  expect(meetsRules(password)).toBe(false);
});
