import { beforeEach, expect, test, vi } from "vitest";

import { newBrowser, newChannels } from "../testing/surroundings.ts";
import { entry, todo } from "../testing/todos.ts";
import { type Entry, enqueue } from "../todos/outbox.ts";
import { createStore } from "../todos/store.ts";
import { openDatabase } from "./database.ts";
import { ownChannel, ownDatabase } from "./ownership.ts";

beforeEach(newBrowser);

const trash = (id: string) => entry(id, { kind: "trash" }, { todoId: id });

async function twoPeople() {
  const database = await openDatabase();
  const [ada, bob] = [ownDatabase(database, () => "ada"), ownDatabase(database, () => "bob")];
  const add = (own: typeof ada, id: string) =>
    own.update<Entry>("outbox", (entries) => enqueue(entries, trash(id)));
  const ids = async (own: Pick<typeof ada, "all">) =>
    (await own.all<Entry>("outbox")).map(({ id }) => id);
  return { database, ada, bob, add, ids };
}

test("what one person queues is not the other's to see, to send or to lose", async () => {
  const { ada, bob, add, ids } = await twoPeople();
  await add(bob, "1");

  const seen = await add(ada, "2");

  expect(seen.map(({ id }) => id)).toEqual(["2"]);
  expect(await ids(ada)).toEqual(["2"]);
  expect(await ids(bob)).toEqual(["1"]);
});

test("what a broken disk has left holds nobody up", async () => {
  const { database, ada } = await twoPeople();
  await ada.write("todos", new Map([["t", todo("t")]]), []);
  await database.put("todos", "broken", null);

  await ada.sweep("todos");

  expect(await ada.all("todos")).toEqual([{ ...todo("t"), owner: "ada" }]);
});

test("what others have left is swept away, and nothing else", async () => {
  const { database, ada, bob, add, ids } = await twoPeople();
  await add(ada, "1");
  await add(bob, "2");
  await ada.write("todos", new Map([["t", todo("t")]]), []);

  await bob.sweep("todos", "outbox");

  expect(await ids(database)).toEqual(["2"]);
  expect(await database.all("todos")).toEqual([]);
});

test("what an older release has queued is sent", async () => {
  const { database, ada, ids } = await twoPeople();
  await database.put("outbox", "1", trash("1"));

  await ada.sweep("outbox");

  expect(await ids(ada)).toEqual(["1"]);
});

test("what is marked already is not written again", async () => {
  const { database, ada, add } = await twoPeople();
  await add(ada, "1");
  const write = vi.spyOn(IDBObjectStore.prototype, "put");

  await ada.update<Entry>("outbox", (entries) => entries);

  expect(write).not.toHaveBeenCalled();
  write.mockRestore();
  expect(await database.all("outbox")).toHaveLength(1);
});

test("a late tab's to-dos do not come up in the next person's", async () => {
  const database = await openDatabase();
  const channels = newChannels();
  const storeOf = (name: string) =>
    createStore(
      ownDatabase(database, () => name),
      ownChannel(channels(), () => name),
    );
  const [late, other, sameAgain] = [storeOf("ada"), storeOf("bob"), storeOf("ada")];

  late.accept([todo("private")]);

  expect(sameAgain.todos.value.has("private")).toBe(true);
  expect(other.todos.value.size).toBe(0);
  await other.open();
  expect(other.todos.value.size).toBe(0);
});
