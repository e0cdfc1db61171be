import { expect, test } from "vitest";

import { createNotices } from "./notices.ts";

const texts = (notices: ReturnType<typeof createNotices>) =>
  notices.shown.value.map(({ text }) => text);

test("three at a time are shown, the latest ones", () => {
  const notices = createNotices();

  for (const text of ["1", "2", "3", "4"]) notices.show(text);

  expect(texts(notices)).toEqual(["2", "3", "4"]);
});

test("a refusal is not pushed out by what goes by itself", () => {
  const notices = createNotices();
  notices.show("refused", { tone: "bad" });

  for (const text of ["1", "2", "3"]) notices.show(text);

  expect(texts(notices)).toEqual(["refused", "2", "3"]);
});

test("beside three refusals there is room for the latest of the others", () => {
  const notices = createNotices();
  for (const text of ["1", "2", "3", "4"]) notices.show(text, { tone: "bad" });

  for (const text of ["deleted", "restored"]) notices.show(text);

  expect(texts(notices)).toEqual(["2", "3", "4", "restored"]);
});

test("a button that brings back what was lost is not pushed out at all", () => {
  const notices = createNotices();
  notices.show("refused", { tone: "bad", action: { label: "Try again", run() {} } });

  for (const text of ["1", "2", "3", "4"]) notices.show(text, { tone: "bad" });

  expect(texts(notices)).toEqual(["refused", "2", "3", "4"]);
});

test("what stays is not passed over", () => {
  const notices = createNotices();
  notices.show("refused", { tone: "bad" });
  notices.show("deleted");

  notices.pass();

  expect(texts(notices)).toEqual(["refused"]);
});
