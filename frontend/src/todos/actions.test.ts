// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

import { messages } from "../i18n/language.ts";
import { openDatabase } from "../offline/database.ts";
import { newBrowser, newChannels, until } from "../testing/surroundings.ts";
import { entry, todo } from "../testing/todos.ts";
import { createNotices } from "../ui/notices.ts";
import { createActions } from "./actions.ts";
import { MAX_ENTRIES } from "./outbox.ts";
import { createStore } from "./store.ts";

beforeEach(newBrowser);

async function start() {
  const store = createStore(await openDatabase(), newChannels()());
  const notices = createNotices();
  const actions = createActions({ store, notices, messages, wake: vi.fn() });
  return { store, notices, actions };
}

test("more than the outbox holds is refused as a whole, and told as what it is", async () => {
  const { store, notices, actions } = await start();
  const todos = Array.from({ length: MAX_ENTRIES + 1 }, (_, i) => todo(`${i}`));
  store.accept(todos);

  actions.complete(todos, true);

  expect(store.outbox.value).toEqual([]);
  expect(notices.shown.value.map(({ text }) => text)).toEqual([
    "At most 500 to-dos can be changed at once.",
  ]);
});

test("taking back what was done leaves a refusal and its button where they are", async () => {
  const { store, notices, actions } = await start();
  store.accept([todo("t")]);
  notices.show("refused", { tone: "bad" });
  actions.complete([todo("t")], true);

  actions.undo();

  expect(notices.shown.value.map(({ text }) => text)).toEqual(["refused"]);
});

test("a full outbox takes nothing more", async () => {
  const { store, notices, actions } = await start();
  const full = Array.from({ length: MAX_ENTRIES }, (_, i) =>
    entry(`${i}`, { kind: "restore" }, { todoId: `${i}` }),
  );
  await store.changeOutbox(() => full);

  actions.add({ title: "One too many" });

  expect(store.outbox.value).toHaveLength(MAX_ENTRIES);
  expect(notices.shown.value[0]?.text).toContain("waiting to be sent");
});

test("a refused change to what lies in the trash is repeated after bringing it back", async () => {
  const { store, actions } = await start();
  const change = { kind: "patch", patch: { title: "B" }, before: { title: "A" } } as const;

  actions.repeat([entry("1", change)]);

  await until(() => store.outbox.value.length === 2);
  expect(store.outbox.value.map((each) => each.change.kind)).toEqual(["restore", "patch"]);
});

test("a refused to-do is repeated with all that was to happen to it", async () => {
  const { store, actions } = await start();
  const patch = { kind: "patch", patch: { notes: "B" }, before: { notes: "" } } as const;
  const fields = { version: null };

  actions.repeat([
    entry("1", { kind: "create", todo: { title: "A" } }, { ...fields, attempted: true }),
    entry("2", patch, fields),
    entry("3", { kind: "trash" }, fields),
  ]);

  expect(store.outbox.value).toMatchObject([
    { change: { kind: "create", todo: { title: "A", notes: "B" } }, version: null },
    { change: { kind: "trash" }, version: null },
  ]);
});
