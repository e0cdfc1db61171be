import { beforeEach, expect, test, vi } from "vitest";

import { openDatabase } from "../offline/database.ts";
import { newBrowser, newChannels, until } from "../testing/surroundings.ts";
import { entry, todo } from "../testing/todos.ts";
import { attempt, confirm, enqueue } from "./outbox.ts";
import { createStore } from "./store.ts";

beforeEach(newBrowser);

const rename = (id: string, title: string) =>
  entry(id, { kind: "patch", patch: { title }, before: { title: "A" } });

test("what was known is there after a new start", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const store = createStore(database, channels());
  store.accept([todo("t")]);
  await store.changeOutbox((entries) => enqueue(entries, rename("1", "B")));

  const later = createStore(database, channels());
  await later.open();

  expect(later.todos.value.get("t")?.title).toBe("B");
  expect(later.loaded.value).toBe(true);
});

test("an older version does not replace a newer one", async () => {
  const store = createStore(await openDatabase(), newChannels()());
  store.accept([todo("t", { version: 3, title: "new" })]);
  store.accept([todo("t", { version: 2, title: "old" })]);

  expect(store.todos.value.get("t")?.title).toBe("new");
});

test("two tabs see each other's to-dos and changes", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const [one, other] = [createStore(database, channels()), createStore(database, channels())];

  one.accept([todo("t")]);
  expect(other.todos.value.get("t")?.title).toBe("To-do t");
  await one.changeOutbox((entries) => enqueue(entries, rename("1", "B")));

  await until(() => other.todos.value.get("t")?.title === "B");
});

test("what another tab makes while this one reads the list stays", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const [reading, writing] = [createStore(database, channels()), createStore(database, channels())];

  const touched = reading.watch();
  writing.accept([todo("new")]);
  reading.list({ todos: [], partial: false }, touched);

  expect(reading.todos.value.has("new")).toBe(true);
  expect(writing.todos.value.has("new")).toBe(true);
});

test("changes made in two tabs at once are both kept, in order", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const [one, other] = [createStore(database, channels()), createStore(database, channels())];

  await Promise.all([
    one.changeOutbox((entries) => enqueue(entries, { ...rename("1", "B"), todoId: "a" })),
    other.changeOutbox((entries) => enqueue(entries, { ...rename("2", "C"), todoId: "b" })),
    one.changeOutbox((entries) => enqueue(entries, { ...rename("3", "D"), todoId: "c" })),
  ]);

  await until(() => one.outbox.value.length === 3 && other.outbox.value.length === 3);
  expect(other.outbox.value.map((each) => each.id)).toEqual(["1", "2", "3"]);
});

test("a change shows before it is written", async () => {
  const store = createStore(await openDatabase(), newChannels()());
  store.accept([todo("t")]);

  const written = store.changeOutbox((entries) => enqueue(entries, rename("1", "B")));

  expect(store.todos.value.get("t")?.title).toBe("B");
  await written;
});

test("a change made while another tab sends the one before is not joined with it", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const [one, other] = [createStore(database, channels()), createStore(database, channels())];
  const first = rename("1", "B");
  await one.changeOutbox((entries) => enqueue(entries, first));

  await Promise.all([
    other.changeOutbox((entries) => attempt(entries, "1")),
    one.changeOutbox((entries) => enqueue(entries, rename("2", "C"))),
  ]);
  await other.changeOutbox((entries) => confirm(entries, first, todo("t", { version: 2 })));

  await until(() => one.outbox.value.length === 1);
  expect(one.outbox.value[0]).toMatchObject({ id: "2", version: 2 });
});

test("a change that is still being written does not outlive a sign-out", async () => {
  const store = createStore(await openDatabase(), newChannels()());

  const writing = store.changeOutbox((entries) => enqueue(entries, rename("1", "B")));
  store.close();
  await writing;

  expect(store.outbox.value).toEqual([]);
});

test("without room in the browser's storage changes are made all the same", async () => {
  const store = createStore(await openDatabase(), newChannels()());
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const change = rename("1", "B");
  store.accept([todo("t")]);

  await store.changeOutbox((entries) => enqueue(entries, change));
  await store.changeOutbox((entries) => attempt(entries, "1"));
  expect(store.todos.value.get("t")?.title).toBe("B");
  await store.changeOutbox((entries) => confirm(entries, change, undefined));

  expect(store.outbox.value).toEqual([]);
});

test("what is not sent yet outlives the browser's database", async () => {
  const database = await openDatabase();
  const store = createStore(database, newChannels()());
  await store.changeOutbox((entries) => enqueue(entries, { ...rename("1", "B"), todoId: "a" }));
  await new Promise((resolve) => {
    indexedDB.deleteDatabase("todo-on-ecs").onsuccess = resolve;
  });

  await Promise.all([
    store.changeOutbox((entries) => enqueue(entries, { ...rename("2", "C"), todoId: "b" })),
    store.changeOutbox((entries) => enqueue(entries, { ...rename("3", "D"), todoId: "c" })),
  ]);

  expect(store.outbox.value.map((each) => each.id)).toEqual(["1", "2", "3"]);
  expect(await database.all("outbox")).toHaveLength(2);
});

test("what cannot be shown is left out, and read anew", async () => {
  const database = await openDatabase();
  await database.put("todos", "x", { id: "x", title: "Without labels" });
  await database.put("todos", "y", "nonsense");
  await database.put("todos", "t", todo("t"));
  const store = createStore(database, newChannels()());

  await store.open();

  expect([...store.todos.value.keys()]).toEqual(["t"]);
});
