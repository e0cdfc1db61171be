import type { ReadonlySignal } from "@preact/signals";

import type { NewTodo, Todo, TodoPatch } from "../api/todos.ts";
import type { Messages } from "../i18n/en.ts";
import { newId } from "../ids.ts";
import type { Notices } from "../ui/notices.ts";
import { before, difference, fieldsOf } from "./merge.ts";
import { type Change, type Entries, enqueue, MAX_ENTRIES } from "./outbox.ts";
import type { Store } from "./store.ts";
import { createUndo } from "./undo.ts";

/** What a person does to to-dos. Everything shows at once and can be undone. */
export interface Actions {
  /** False if there is no room for it: nothing is added. */
  add(todo: NewTodo): boolean;
  /** `seen` is the to-do as it was when the person began to edit it. */
  edit(seen: Todo, wanted: TodoPatch): void;
  editAll(todos: readonly Todo[], wanted: (todo: Todo) => TodoPatch, said: string): void;
  complete(todos: readonly Todo[], completed: boolean): void;
  trash(todos: readonly Todo[]): void;
  restore(todos: readonly Todo[]): void;
  clearDone(): void;
  emptyTrash(): void;
  /** Once more what the API has refused, all to one to-do. */
  repeat(entries: Entries): void;
  undo(): void;
  forgetUndo(): void;
}

export interface ActionsParts {
  readonly store: Store;
  readonly notices: Notices;
  readonly messages: ReadonlySignal<Messages>;
  /** There is something to send. */
  readonly wake: () => void;
}

export function createActions(parts: ActionsParts): Actions {
  const { store, notices, messages } = parts;
  const undo = createUndo(notices, messages);
  const { hasRoom, enter, patch, patchById, trash, restore } = createChanges(parts);
  const texts = () => messages.value.notices;
  const titleOf = (todos: readonly Todo[]) => todos[0]?.title ?? "";

  const editAll: Actions["editAll"] = (todos, wanted, said) => {
    if (!hasRoom(todos.length)) return;
    const previous = todos.map((todo) => [todo.id, patch(todo, wanted(todo))] as const);
    undo.tell(said, () => {
      for (const [id, old] of previous) if (old) patchById(id, old);
    });
  };

  return {
    add(todo) {
      if (!hasRoom(1)) return false;
      const id = newId();
      enter(id, { kind: "create", todo }, null);
      undo.remember(() => trash([id]));
      notices.say(texts().added(todo.title));
      return true;
    },
    edit(seen, wanted) {
      if (!hasRoom(1)) return;
      const previous = patch(seen, wanted);
      if (previous === undefined) return;
      undo.remember(() => patchById(seen.id, previous));
      notices.say(texts().saved(wanted.title ?? seen.title));
    },
    editAll,
    complete(todos, completed) {
      const said = completed ? texts().completed : texts().reopened;
      editAll(todos, () => ({ completed }), said(todos.length, titleOf(todos)));
    },
    trash(todos) {
      if (!hasRoom(todos.length)) return;
      const ids = todos.map((todo) => todo.id);
      trash(ids);
      undo.tell(texts().trashed(ids.length, titleOf(todos)), () => restore(ids));
    },
    restore(todos) {
      if (!hasRoom(todos.length)) return;
      const ids = todos.map((todo) => todo.id);
      restore(ids);
      undo.tell(texts().restored(ids.length, titleOf(todos)), () => trash(ids));
    },
    clearDone() {
      const ids = idsOf(store, (todo) => todo.completed && todo.deletedAt === null);
      if (!hasRoom(1)) return;
      enter("*", { kind: "clear-done", ids }, null);
      undo.tell(texts().trashed(ids.length, ""), () => restore(ids));
    },
    emptyTrash() {
      if (!hasRoom(1)) return;
      const ids = idsOf(store, (todo) => todo.deletedAt !== null);
      enter("*", { kind: "empty-trash", ids }, null);
      undo.forget(); // what is gone for good cannot be restored
      notices.show(texts().trashEmptied);
    },
    repeat(entries) {
      for (const { todoId, change } of entries) {
        // It may lie in the trash by now; if it does not, this is refused too.
        if (change.kind === "patch" && !store.todos.value.has(todoId)) restore([todoId]);
        enter(todoId, change, versionOf(store.todos.value.get(todoId)));
      }
    },
    undo: undo.last,
    forgetUndo: undo.forget,
  };
}

/** The single changes that actions are made of. */
function createChanges({ store, notices, messages, wake }: ActionsParts) {
  const enter = (todoId: string, change: Change, version: number | null) => {
    const at = new Date().toISOString();
    const entry = { id: newId(), todoId, change, version, at, attempted: false };
    void store.changeOutbox((entries) => enqueue(entries, entry)).then(wake);
  };

  /** The fields as they were, or undefined if nothing changes. */
  const patch = (seen: Todo, wanted: TodoPatch): TodoPatch | undefined => {
    const change = difference(seen, wanted);
    if (fieldsOf(change).length === 0) return undefined;
    const previous = before(seen, change);
    enter(seen.id, { kind: "patch", patch: change, before: previous }, versionOf(seen));
    return previous;
  };

  return {
    enter,
    patch,
    patchById(id: string, wanted: TodoPatch) {
      const todo = store.todos.value.get(id);
      if (todo) patch(todo, wanted);
    },
    trash(ids: readonly string[]) {
      for (const id of ids) {
        const todo = store.todos.value.get(id);
        if (todo) enter(id, { kind: "trash" }, versionOf(todo));
      }
    },
    restore(ids: readonly string[]) {
      for (const id of ids) enter(id, { kind: "restore" }, versionOf(store.todos.value.get(id)));
    },
    /** Without a network changes pile up, but not without end. */
    hasRoom(wanted: number): boolean {
      if (store.outbox.value.length + wanted <= MAX_ENTRIES) return true;
      const { outboxFull, tooManyAtOnce } = messages.value.notices;
      const told = wanted > MAX_ENTRIES ? tooManyAtOnce : outboxFull;
      notices.show(told(MAX_ENTRIES), { tone: "bad" });
      return false;
    },
  };
}

function idsOf(store: Store, wanted: (todo: Todo) => boolean): string[] {
  return [...store.todos.value.values()].filter(wanted).map((todo) => todo.id);
}

/** Version 0 stands for a to-do that the API has not answered for yet. */
function versionOf(todo: Todo | undefined): number | null {
  return todo?.version || null;
}
