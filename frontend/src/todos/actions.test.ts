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
  const database = await openDatabase();
  const store = createStore(database, newChannels()());
  const notices = createNotices();
  const actions = createActions({ store, notices, messages, wake: vi.fn() });
  return { database, store, notices, actions };
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

test("a full outbox takes nothing more, and says so to whoever asks", async () => {
  const { store, notices, actions } = await start();
  const full = Array.from({ length: MAX_ENTRIES }, (_, i) =>
    entry(`${i}`, { kind: "restore" }, { todoId: `${i}` }),
  );
  await store.changeOutbox(() => full);
  const one = todo("t");
  store.accept([one]);

  const taken = [
    actions.add({ title: "One too many" }) !== undefined,
    actions.edit(one, { title: "B" }),
    actions.editAll([one], () => ({ title: "B" }), "said"),
    actions.complete([one], true),
    actions.trash([one]),
    actions.restore([one]),
  ];

  expect(taken).toEqual(Array(6).fill(false));
  expect(store.outbox.value).toHaveLength(MAX_ENTRIES);
  expect(notices.shown.value[0]?.text).toContain("waiting to be sent");
});

test("many changes are written in one step, and so is taking them back", async () => {
  const { database, store, actions } = await start();
  const todos = Array.from({ length: 300 }, (_, i) => todo(`${i}`));
  store.accept(todos);
  const update = vi.spyOn(database, "update");

  actions.complete(todos, true);
  await until(() => store.outbox.value.length === 300);
  actions.undo();

  await until(() => store.outbox.value[0]?.change.kind === "patch");
  expect(update).toHaveBeenCalledTimes(2);
});

test("a way back is open however many it takes", async () => {
  const { store, notices, actions } = await start();
  const many = MAX_ENTRIES + 200;
  store.accept(Array.from({ length: many }, (_, i) => todo(`${i}`, { completed: true })));

  actions.clearDone();
  actions.undo();

  expect(store.outbox.value).toHaveLength(1 + many);
  expect([...store.todos.value.values()].every((each) => each.deletedAt === null)).toBe(true);
  expect(notices.shown.value.filter(({ tone }) => tone === "bad")).toEqual([]);
  expect(actions.restore([todo("0")])).toBe(false);
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
