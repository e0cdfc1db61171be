import { expect, test } from "vitest";

import { todo } from "../testing/todos.ts";
import { takeOver } from "./listing.ts";

const known = (...todos: ReturnType<typeof todo>[]) => new Map(todos.map((one) => [one.id, one]));
const trashed = { deletedAt: "2026-11-22T09:00:00.000Z" };
const nothing = new Set<string>();

test("what the API does not list any more is gone", () => {
  const listing = { todos: [todo("a")], partial: false };

  const result = takeOver(known(todo("a"), todo("b"), todo("c", trashed)), listing, nothing);

  expect([...result.keys()]).toEqual(["a"]);
});

test("a page is not the whole list", () => {
  const listing = { todos: [todo("a")], partial: true };

  expect(takeOver(known(todo("b")), listing, nothing).size).toBe(2);
});

test("what was written meanwhile stays", () => {
  const listing = { todos: [], partial: false };

  expect(takeOver(known(todo("new")), listing, new Set(["new"])).size).toBe(1);
});

test("what was deleted for good meanwhile does not come back", () => {
  const listing = { todos: [todo("gone")], partial: false };

  expect(takeOver(known(), listing, new Set(["gone"])).size).toBe(0);
});

test("the newer version wins", () => {
  const listing = {
    todos: [todo("a", { version: 1 }), todo("b", { version: 3 })],
    partial: false,
  };

  const result = takeOver(known(todo("a", { version: 2 }), todo("b")), listing, nothing);

  expect([...result.values()].map((one) => one.version)).toEqual([2, 3]);
});
