import { beforeEach, expect, test } from "vitest";

import type { Send } from "../api/client.ts";
import { openDatabase } from "../offline/database.ts";
import { newBrowser, newChannels, until } from "../testing/surroundings.ts";
import { todo } from "../testing/todos.ts";
import { createReader } from "./reader.ts";
import { createStore } from "./store.ts";

beforeEach(newBrowser);

const page = (...titles: string[]) =>
  Response.json({ items: titles.map((title) => todo(title, { title })), nextCursor: null });

test("the next person does not wait for the list of the one before, nor sees it", async () => {
  let answer = (_: Response) => {};
  const first = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  const answers = [first, page("Bob's"), page()];
  const send: Send = async () => (await answers.shift()) ?? page();
  const store = createStore(await openDatabase(), newChannels()());
  const reader = createReader(send, store);

  const reading = reader.read();
  reader.stop();
  store.close();
  await reader.read();
  answer(page("Ada's"));
  await reading;

  expect([...store.todos.value.keys()]).toEqual(["Bob's"]);
  expect(store.loaded.value).toBe(true);
});

test("what cannot be understood at all is a failure, not a reading without end", async () => {
  const store = createStore(await openDatabase(), newChannels()());
  const send: Send = async () => Response.json({ items: [null], nextCursor: null });
  const reader = createReader(send, store);

  await expect(reader.read()).rejects.toThrow(TypeError);

  await until(() => reader.state.value === "failed");
});

test("what another device has deleted is at no moment missing", async () => {
  const store = createStore(await openDatabase(), newChannels()());
  const kept = todo("kept");
  const deleted = { ...kept, version: 2, deletedAt: kept.createdAt };
  const answers = [page(), Response.json({ items: [deleted], nextCursor: null })];
  const reader = createReader(async () => answers.shift() ?? page(), store);
  store.accept([kept, todo("purged")]);
  const seen: boolean[] = [];
  store.todos.subscribe((todos) => void seen.push(todos.has("kept")));

  await reader.read();

  expect(seen).not.toContain(false);
  expect([...store.todos.value.values()]).toEqual([deleted]);
});
