// @vitest-environment jsdom
import { expect, test, vi } from "vitest";

import { chooseLanguage } from "../i18n/language.ts";
import { refusal } from "../testing/surroundings.ts";
import { entry } from "../testing/todos.ts";
import { createNotices } from "../ui/notices.ts";
import { createRefusals, reasonFor } from "./refusals.ts";

const reason = refusal(409, "too-many-todos");
const create = (id: string) =>
  entry(id, { kind: "create", todo: { title: id } }, { todoId: id, version: null });

function start() {
  const notices = createNotices();
  const repeat = vi.fn();
  const refuse = createRefusals(notices, repeat);
  return { notices, repeat, refuse };
}

test("refusals gather in one notice, and none is without a way back", () => {
  const { notices, repeat, refuse } = start();
  const follower = entry("5a", { kind: "trash" }, { todoId: "5" });
  const entries = ["1", "2", "3", "4", "5"].map(create);

  for (const each of entries) refuse(each, reason, each.todoId === "5" ? [follower] : []);
  notices.shown.value[0]?.action?.run();

  expect(notices.shown.value.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^5 changes could not be saved/),
  ]);
  expect(repeat).toHaveBeenCalledWith([...entries, follower]);
});

test("what was closed is not told again", () => {
  const { notices, refuse } = start();
  refuse(create("1"), reason, []);
  notices.close(notices.shown.value[0]?.id ?? 0);

  refuse(create("2"), reason, []);

  expect(notices.shown.value.map(({ text }) => text)).toEqual([
    expect.stringContaining("“2” could not be saved"),
  ]);
});

test.each([
  [refusal(400, "invalid-request"), "le serveur ne l’accepte pas"],
  [refusal(500, "internal-error"), "le serveur a rencontré un problème"],
  [new TypeError("a fault"), "le serveur a rencontré un problème"],
])("a reason is not given in the API's language: %s", async (error, text) => {
  await chooseLanguage("fr");

  expect(reasonFor(error)).toBe(text);
});
