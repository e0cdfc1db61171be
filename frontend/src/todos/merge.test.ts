import { expect, test } from "vitest";

import { todo } from "../testing/todos.ts";
import { before, difference, disputed, worthAsking } from "./merge.ts";

test("only what both have changed, and differently, is disputed", () => {
  const seen = { title: "A", notes: "", labels: ["x"] };
  const mine = { title: "B", notes: "mine", labels: ["x", "y"] };
  const theirs = todo("t", { title: "C", notes: "mine", labels: ["x"], priority: 3 });

  expect(disputed(seen, mine, theirs)).toEqual(["title"]);
});

test("nobody is asked about an order", () => {
  expect(worthAsking(["position", "title"])).toEqual(["title"]);
});

test("what is the same is no change", () => {
  const shown = todo("t", { title: "A", labels: ["x"] });

  expect(difference(shown, { title: "A", labels: ["x"], notes: "new" })).toEqual({ notes: "new" });
});

test("the way back is what was there", () => {
  expect(before(todo("t", { dueDate: "2026-11-22" }), { dueDate: null })).toEqual({
    dueDate: "2026-11-22",
  });
});
