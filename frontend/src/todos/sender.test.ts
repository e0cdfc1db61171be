import { beforeEach, expect, test, vi } from "vitest";

import { type Send, Unreachable } from "../api/client.ts";
import { openDatabase } from "../offline/database.ts";
import { newBrowser, newChannels, refusal, scripted, until } from "../testing/surroundings.ts";
import { entry, todo } from "../testing/todos.ts";
import { type Entry, enqueue } from "./outbox.ts";
import { createSender } from "./sender.ts";
import { createStore } from "./store.ts";

beforeEach(newBrowser);

const rename = (id: string, title: string, fields: Partial<Entry> = {}) =>
  entry(id, { kind: "patch", patch: { title }, before: { title: "A" } }, fields);

async function start(send: Send, ...entries: Entry[]) {
  const store = createStore(await openDatabase(), newChannels()());
  store.accept([todo("t", { title: "A" })]);
  for (const one of entries) await store.changeOutbox((known) => enqueue(known, one));
  const onRefused = vi.fn();
  const sender = createSender({ send, store, onRefused });
  return { store, sender, onRefused };
}

test("changes are sent in order, each on the version of the one before", async () => {
  const { send, sent } = scripted(todo("t", { version: 2, title: "B" }), undefined);
  const { store, sender } = await start(send, rename("1", "B"), entry("2", { kind: "trash" }));

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(sent).toEqual(['PATCH /me/todos/t "1"', 'DELETE /me/todos/t "2"']);
  expect(store.todos.value.get("t")).toMatchObject({ title: "B", version: 3 });
  expect(store.todos.value.get("t")?.deletedAt).not.toBeNull();
});

test("without a network a change waits until it is woken", async () => {
  const { send, sent } = scripted(new Unreachable(), todo("t", { version: 2, title: "B" }));
  const { store, sender, onRefused } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => sender.state.value === "offline");
  expect(store.todos.value.get("t")?.title).toBe("B");
  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(sent).toHaveLength(2);
  expect(onRefused).not.toHaveBeenCalled();
});

test("a tab that waits does not keep another one from sending", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const [hidden, seen] = [createStore(database, channels()), createStore(database, channels())];
  const onRefused = vi.fn();
  hidden.accept([todo("t", { title: "A" })]);
  await hidden.changeOutbox((known) => enqueue(known, rename("1", "B")));
  const offline = scripted(new Unreachable());
  const online = scripted(todo("t", { version: 2, title: "B" }));

  const waiting = createSender({ send: offline.send, store: hidden, onRefused });
  waiting.wake();
  await until(() => waiting.state.value === "offline");
  await until(() => seen.outbox.value[0]?.attempted === true);
  createSender({ send: online.send, store: seen, onRefused }).wake();
  await until(() => seen.outbox.value.length === 0);

  expect(online.sent).toEqual(['PATCH /me/todos/t "1"']);
  waiting.stop();
});

test("two tabs send a change once", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const stores = [createStore(database, channels()), createStore(database, channels())];
  await stores[0]?.changeOutbox((known) => enqueue(known, rename("1", "B")));
  await until(() => stores[1]?.outbox.value.length === 1);
  const { send, sent } = scripted(todo("t", { version: 2 }), todo("t", { version: 3 }));

  for (const store of stores) createSender({ send, store, onRefused: vi.fn() }).wake();
  await until(() => stores.every((store) => store.outbox.value.length === 0));
  await navigator.locks.request("outbox", async () => {}); // both have had their turn

  expect(sent).toEqual(['PATCH /me/todos/t "1"']);
});

test("what is refused for good is taken back and told", async () => {
  const { send } = scripted(refusal(400, "invalid-request"));
  const { store, sender, onRefused } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => onRefused.mock.calls.length > 0);

  expect(store.outbox.value).toEqual([]);
  expect(store.todos.value.get("t")?.title).toBe("A");
});

test("with a to-do that is refused all that was to happen to it is given back", async () => {
  const created = entry("1", { kind: "create", todo: { title: "A" } }, { todoId: "new" });
  const renamed = rename("2", "B", { todoId: "new" });
  const { send } = scripted(refusal(409, "too-many-todos"));
  const { store, sender, onRefused } = await start(send, { ...created, attempted: true }, renamed);

  sender.wake();
  await until(() => onRefused.mock.calls.length > 0);

  const [refused, , others] = onRefused.mock.calls[0] ?? [];
  expect(refused).toMatchObject({ id: "1" });
  expect(others).toEqual([renamed]);
  expect(store.outbox.value).toEqual([]);
});

test.each([401, 429, 503])("after %i the same change is sent again", async (status) => {
  const { send } = scripted(refusal(status, "unavailable", 0.001), todo("t", { version: 2 }));
  const { store, sender, onRefused } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(onRefused).not.toHaveBeenCalled();
});

test("an API that asks to come back at once is not besieged", async () => {
  const answers = Array.from({ length: 50 }, () => refusal(429, "too-many-requests", 0));
  const { send, sent } = scripted(...answers);
  const { sender } = await start(send, rename("1", "B"));

  sender.wake();
  await new Promise((resolve) => setTimeout(resolve, 200));
  sender.stop();

  expect(sent).toHaveLength(1);
});

const fault = () => refusal(500, "internal-error", 0.001);

test("a fault of an API that is well otherwise is not waited for without end", async () => {
  const { send, sent } = scripted(fault(), fault(), fault(), fault(), todo("t"), fault());
  const { store, sender, onRefused } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => onRefused.mock.calls.length > 0);

  const patch = 'PATCH /me/todos/t "1"';
  expect(sent).toEqual([patch, patch, patch, patch, "GET /me/todos/t", patch]);
  expect(store.outbox.value).toEqual([]);
});

test("no change is given up while the whole API is at fault", async () => {
  const faults = Array.from({ length: 12 }, fault);
  const saved = todo("t", { version: 2, title: "B" });
  const { send } = scripted(...faults, saved, saved);
  const { store, sender, onRefused } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(store.todos.value.get("t")?.title).toBe("B");
  expect(onRefused).not.toHaveBeenCalled();
});

test("a change of the same field elsewhere is for the person to decide", async () => {
  const theirs = todo("t", { version: 5, title: "C" });
  const { send } = scripted(refusal(412, "version-mismatch"), theirs);
  const { store, sender } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => store.outbox.value[0]?.theirs !== undefined);

  expect(store.outbox.value[0]?.theirs).toMatchObject({ title: "C" });
});

test("a change of another field elsewhere stands beside mine", async () => {
  const theirs = todo("t", { version: 5, title: "A", priority: 3 });
  const merged = todo("t", { version: 6, title: "B", priority: 3 });
  const { send, sent } = scripted(refusal(412, "version-mismatch"), theirs, merged);
  const { store, sender } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(sent.at(-1)).toBe('PATCH /me/todos/t "5"');
  expect(store.todos.value.get("t")).toMatchObject({ title: "B", priority: 3 });
});

test("an answer that was lost is not a conflict with oneself", async () => {
  const mine = todo("t", { version: 2, title: "B" });
  const { send } = scripted(refusal(412, "version-mismatch"), mine, mine);
  const { store, sender } = await start(send, rename("1", "B", { attempted: true }));

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(store.todos.value.get("t")?.title).toBe("B");
});

test("deleting what was changed elsewhere is asked about", async () => {
  const theirs = todo("t", { version: 5, notes: "!" });
  const { send } = scripted(refusal(412, "version-mismatch"), theirs);
  const { store, sender } = await start(send, entry("1", { kind: "trash" }));

  sender.wake();
  await until(() => store.outbox.value[0]?.theirs !== undefined);
});

test("clearing the completed leaves what the API does not hold as completed", async () => {
  const tick = { kind: "patch", patch: { completed: true }, before: { completed: false } } as const;
  const { send } = scripted(undefined);
  const clear = entry("2", { kind: "clear-done", ids: ["t", "done"] }, { todoId: "*" });
  const disputed = entry("1", tick, { theirs: todo("t", { version: 2 }) });
  const { store, sender } = await start(send, disputed, clear);
  store.accept([todo("done", { completed: true })]);

  sender.wake();
  await until(() => store.outbox.value.length === 1);

  expect(store.saved("t")?.deletedAt).toBeNull();
  expect(store.saved("done")?.deletedAt).toBeTypeOf("string");
});

test("what was deleted already is in the trash", async () => {
  const { send } = scripted(refusal(404, "todo-not-found"));
  const { store, sender, onRefused } = await start(send, entry("1", { kind: "trash" }));

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(store.saved("t")?.deletedAt).toBeTypeOf("string");
  expect(onRefused).not.toHaveBeenCalled();
});

test("a to-do that arrived, and was changed since, is made only once", async () => {
  const made = todo("t", { version: 4, title: "Changed elsewhere" });
  const { send } = scripted(refusal(409, "id-taken"), made);
  const create = entry("1", { kind: "create", todo: { title: "A" } }, { version: null });
  const { store, sender, onRefused } = await start(send, create);

  sender.wake();
  await until(() => store.outbox.value.length === 0);

  expect(store.todos.value.get("t")?.title).toBe("Changed elsewhere");
  expect(onRefused).not.toHaveBeenCalled();
});

test("a stopped sender sends nothing", async () => {
  const { send, sent } = scripted(new Unreachable());
  const { sender } = await start(send, rename("1", "B"));

  sender.wake();
  await until(() => sender.state.value === "offline");
  sender.stop();
  await until(() => sender.state.value === "idle");

  expect(sent).toHaveLength(1);
});

test("flushing ends when all is sent", async () => {
  const { send, sent } = scripted(todo("t", { version: 2, title: "B" }), undefined);
  const { store, sender } = await start(send, rename("1", "B"), entry("2", { kind: "trash" }));

  await sender.flush();

  expect(sent).toHaveLength(2);
  expect(store.outbox.value).toEqual([]);
});

test.each([
  ["there is no network", [new Unreachable()]],
  ["the API is away", [refusal(503, "unavailable")]],
  ["a change is in dispute", [refusal(412, "version-mismatch"), todo("t", { version: 5 })]],
])("flushing ends with changes left when %s", async (_, answers) => {
  const { store, sender } = await start(scripted(...answers).send, rename("1", "B"));

  await sender.flush();
  sender.stop();

  expect(store.outbox.value).toHaveLength(1);
});
