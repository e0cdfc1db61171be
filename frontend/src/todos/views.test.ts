import { expect, test } from "vitest";

import { todo } from "../testing/todos.ts";
import { count, group, labelsOf, type Query, select } from "./views.ts";

const TODAY = "2026-11-22";
const MONDAY = 1;

const all = [
  todo("late", { dueDate: "2026-11-21" }),
  todo("now", { dueDate: TODAY, priority: 1 }),
  todo("urgent", { dueDate: TODAY, priority: 3 }),
  todo("soon", { dueDate: "2026-11-23", labels: ["home"] }),
  todo("someday", { notes: "Bring the ALPHABET" }),
  todo("done", { completed: true, completedAt: "2026-11-20T00:00:00.000Z", dueDate: TODAY }),
  todo("gone", { deletedAt: "2026-11-20T00:00:00.000Z", labels: ["home"] }),
];

const ids = (query: Partial<Query>) =>
  select(all, { view: "open", sort: "due", q: "", label: "", ...query }, TODAY).map(
    (one) => one.id,
  );

test.each([
  ["open", ["late", "urgent", "now", "soon", "someday"]],
  ["today", ["urgent", "now"]],
  ["overdue", ["late"]],
  ["upcoming", ["soon"]],
  ["done", ["done"]],
  ["all", ["late", "urgent", "now", "soon", "someday", "done"]],
  ["trash", ["gone"]],
] as const)("%s shows %j", (view, expected) => {
  expect(ids({ view })).toEqual(expected);
});

test("a search looks at everything a to-do says, in whatever case", () => {
  expect(ids({ q: "alphabet" })).toEqual(["someday"]);
  expect(ids({ q: " HOME " })).toEqual(["soon"]);
  expect(ids({ q: "nowhere" })).toEqual([]);
});

test("a label is found by its whole name", () => {
  expect(ids({ label: "home" })).toEqual(["soon"]);
  expect(ids({ label: "hom" })).toEqual([]);
});

test("the order of creation and one's own are others", () => {
  const todos = [
    todo("b", { createdAt: "2026-01-01T00:00:00.000Z", position: "a1" }),
    todo("a", { createdAt: "2026-02-01T00:00:00.000Z", position: "a0" }),
  ];
  const sorted = (sort: Query["sort"]) =>
    select(todos, { view: "open", sort, q: "", label: "" }, TODAY).map((one) => one.id);

  expect(sorted("created")).toEqual(["b", "a"]);
  expect(sorted("position")).toEqual(["a", "b"]);
});

test("a list by due date is divided, others are not", () => {
  const query: Query = { view: "all", sort: "due", q: "", label: "" };
  const divide = (wanted: Query) =>
    group(select(all, wanted, TODAY), wanted, TODAY, MONDAY).map((one) => one.name);

  expect(divide(query)).toEqual(["overdue", "today", "tomorrow", "undated", "done"]);
  expect(divide({ ...query, sort: "position" })).toEqual([undefined]);
  expect(divide({ ...query, view: "today" })).toEqual([undefined]);
});

test("the week ends where the region's week does", () => {
  const saturday = [todo("a", { dueDate: "2026-11-28" })];
  const query: Query = { view: "open", sort: "due", q: "", label: "" };

  expect(group(saturday, query, TODAY, 7)[0]?.name).toBe("week");
  expect(group(saturday, query, TODAY, MONDAY)[0]?.name).toBe("later");
});

test("every view is counted", () => {
  expect(count(all, TODAY)).toEqual({
    open: 5,
    today: 2,
    overdue: 1,
    upcoming: 1,
    done: 1,
    all: 6,
    trash: 1,
  });
});

test("labels of the trash are not in use", () => {
  expect(labelsOf(all)).toEqual(["home"]);
  expect(labelsOf(all.filter((one) => one.deletedAt !== null))).toEqual([]);
});
