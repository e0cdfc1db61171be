import { describe, expect, test } from "vitest";

import { entry, todo } from "../testing/todos.ts";
import {
  attempt,
  confirm,
  dispute,
  drop,
  type Entries,
  enqueue,
  next,
  preview,
  rebase,
} from "./outbox.ts";

const create = entry("1", { kind: "create", todo: { title: "A" } }, { version: null });
const patch = (id: string, title: string, before = "A") =>
  entry(id, { kind: "patch", patch: { title }, before: { title: before } });
const trash = (id: string) => entry(id, { kind: "trash" });
const restore = (id: string) => entry(id, { kind: "restore" });

const known = (...todos: ReturnType<typeof todo>[]) => new Map(todos.map((one) => [one.id, one]));

describe("joining", () => {
  test("two unsent changes of a to-do are one", () => {
    const second = entry("2", {
      kind: "patch",
      patch: { priority: 2, title: "C" },
      before: { priority: 0, title: "B" },
    });

    const [joined, ...rest] = enqueue([patch("1", "B")], second);

    expect(rest).toEqual([]);
    expect(joined?.change).toEqual({
      kind: "patch",
      patch: { title: "C", priority: 2 },
      before: { title: "A", priority: 0 },
    });
  });

  test("a change of an unsent to-do is part of it", () => {
    const cleared = entry("2", {
      kind: "patch",
      patch: { title: "B", dueDate: null },
      before: { title: "A", dueDate: "2026-11-22" },
    });

    const entries = enqueue([create], { ...cleared, version: null });

    expect(entries.map((one) => one.change)).toEqual([{ kind: "create", todo: { title: "B" } }]);
  });

  test.each([
    ["of another to-do", [{ ...patch("1", "B"), todoId: "other" }]],
    ["after one that may have arrived", [{ ...patch("1", "B"), attempted: true }]],
    ["after one in dispute", [{ ...patch("1", "B"), theirs: todo("t") }]],
    ["made from another version", [{ ...patch("1", "B"), version: 7 }]],
    ["after a deletion", [trash("1")]],
  ])("a change %s stays by itself", (_, entries) => {
    expect(enqueue(entries, patch("2", "C"))).toHaveLength(2);
  });
});

describe("sending", () => {
  test("the oldest goes first", () => {
    expect(next([create, patch("2", "B")])?.id).toBe("1");
    expect(next([])).toBeUndefined();
  });

  test("a to-do in dispute waits, the others go on", () => {
    const other = { ...patch("3", "X"), todoId: "other" };
    const entries = dispute([patch("1", "B"), trash("2"), other], "1", todo("t", { version: 5 }));

    expect(next(entries)?.id).toBe("3");
  });

  test("what was begun is marked", () => {
    const entries = attempt([create, patch("2", "B")], "1");

    expect(entries.map((one) => one.attempted)).toEqual([true, false]);
  });

  test("what comes after builds on the version that was made", () => {
    const first = patch("1", "B");

    expect(confirm([first, patch("2", "C")], first, todo("t", { version: 2 }))).toMatchObject([
      { id: "2", version: 2 },
    ]);
  });

  test("an edit of what another version showed keeps that version", () => {
    const stale = { ...patch("2", "C"), version: 1 };
    const first = { ...patch("1", "B"), version: 2 };

    expect(confirm([first, stale], first, todo("t", { version: 3 }))).toMatchObject([
      { version: 1 },
    ]);
  });

  test("a deletion and its undoing pass the version on", () => {
    const afterTrash = confirm([trash("1"), restore("2"), patch("3", "B")], trash("1"), undefined);
    const afterRestore = confirm(afterTrash, restore("2"), todo("t", { version: 3 }));

    expect(afterRestore).toMatchObject([{ id: "3", version: 3 }]);
  });

  test("a to-do that is refused takes its changes along", () => {
    const other = { ...patch("3", "X"), todoId: "other" };

    expect(drop([create, patch("2", "B"), other], create)).toEqual([other]);
    expect(drop([patch("1", "B"), patch("2", "C")], patch("1", "B"))).toHaveLength(1);
  });

  test("a change moves onto another version, and may be sent anew", () => {
    const entries = attempt([patch("1", "B"), patch("2", "C")], "1");

    const moved = rebase(dispute(entries, "1", todo("t")), "1", todo("t", { version: 9 }));

    expect(moved).toMatchObject([
      { id: "1", version: 9, attempted: false },
      { id: "2", version: 9 },
    ]);
    expect(moved[0]).not.toHaveProperty("theirs");
  });
});

describe("the preview", () => {
  const show = (entries: Entries, ...todos: ReturnType<typeof todo>[]) => [
    ...preview(known(...todos), entries).values(),
  ];

  test("a new to-do comes last", () => {
    const [, made] = show([create], todo("other", { position: "a5" }));

    expect(made).toMatchObject({ id: "t", title: "A", version: 0, position: "a6" });
  });

  test("a to-do that has arrived meanwhile is not there twice", () => {
    expect(show([create], todo("t", { title: "A" }))).toHaveLength(1);
  });

  test("completing and reopening set and clear the moment", () => {
    const done = entry("1", {
      kind: "patch",
      patch: { completed: true },
      before: { completed: false },
    });
    const open = entry("2", {
      kind: "patch",
      patch: { completed: false },
      before: { completed: true },
    });

    expect(show([done], todo("t"))[0]?.completedAt).toBe(done.at);
    expect(show([done, open], todo("t"))[0]?.completedAt).toBeNull();
  });

  test("null clears a field", () => {
    const cleared = entry("1", {
      kind: "patch",
      patch: { notes: null, labels: null, priority: null, dueDate: null },
      before: {},
    });
    const full = todo("t", { notes: "n", labels: ["l"], priority: 3, dueDate: "2026-11-22" });

    expect(show([cleared], full)[0]).toMatchObject({
      notes: "",
      labels: [],
      priority: 0,
      dueDate: null,
    });
  });

  test("deleting, restoring and clearing", () => {
    const clear = entry("1", { kind: "clear-done", ids: ["t"] }, { todoId: "*" });

    expect(show([trash("1")], todo("t"))[0]?.deletedAt).toBe(clear.at);
    expect(show([trash("1"), restore("2")], todo("t"))[0]?.deletedAt).toBeNull();
    expect(show([clear], todo("t"))[0]?.deletedAt).toBe(clear.at);
  });

  test("a change of what is gone changes nothing", () => {
    expect(show([patch("1", "B")])).toEqual([]);
  });
});
