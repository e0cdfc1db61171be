import type { ReadonlySignal } from "@preact/signals";

import type { NewTodo, Todo, TodoPatch } from "../api/todos.ts";
import type { Messages } from "../i18n/en.ts";
import { newId } from "../ids.ts";
import type { Notices } from "../ui/notices.ts";
import { before, difference, fieldsOf } from "./merge.ts";
import { type Change, type Entries, enqueue, MAX_ENTRIES } from "./outbox.ts";
import type { Store } from "./store.ts";
import { createUndo } from "./undo.ts";

/**
 * What a person does to to-dos. Everything shows at once and can be undone. What gives a boolean gives
 * false if there is no room for it: then nothing is changed, and the person is told.
 */
export interface Actions {
  /** The new to-do. */
  add(todo: NewTodo): Todo | undefined;
  /** `seen` is the to-do as it was when the person began to edit it. */
  edit(seen: Todo, wanted: TodoPatch): boolean;
  editAll(todos: readonly Todo[], wanted: (todo: Todo) => TodoPatch, said: string): boolean;
  complete(todos: readonly Todo[], completed: boolean): boolean;
  trash(todos: readonly Todo[]): boolean;
  restore(todos: readonly Todo[]): boolean;
  clearDone(): void;
  /** Once more what the API has refused. */
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

type Item = readonly [todoId: string, change: Change, version?: number | null];

export function createActions(parts: ActionsParts): Actions {
  const { store, notices, messages } = parts;
  const undo = createUndo(notices, messages);
  const texts = () => messages.value.notices;
  const titleOf = (todos: readonly Todo[]) => todos[0]?.title ?? "";
  const { enter, take, trashes, restores, revert } = createChanges(parts);

  const editAll: Actions["editAll"] = (todos, wanted, said) => {
    const items = todos.flatMap((todo) => patches(todo, wanted(todo)));
    if (!take(items)) return false;
    undo.tell(said, () => revert(items));
    return true;
  };

  return {
    add(todo) {
      const id = newId();
      if (!take([[id, { kind: "create", todo }]])) return undefined;
      undo.remember(() => enter(trashes([id])));
      notices.say(texts().added(todo.title));
      return store.todos.value.get(id);
    },
    edit(seen, wanted) {
      const items = patches(seen, wanted);
      if (items.length === 0) return true;
      if (!take(items)) return false;
      undo.remember(() => revert(items));
      notices.say(texts().saved(wanted.title ?? seen.title));
      return true;
    },
    editAll,
    complete(todos, completed) {
      const said = completed ? texts().completed : texts().reopened;
      return editAll(todos, () => ({ completed }), said(todos.length, titleOf(todos)));
    },
    trash(todos) {
      const ids = todos.map((todo) => todo.id);
      if (!take(trashes(ids))) return false;
      undo.tell(texts().trashed(ids.length, titleOf(todos)), () => enter(restores(ids)));
      return true;
    },
    restore(todos) {
      const ids = todos.map((todo) => todo.id);
      if (!take(restores(ids))) return false;
      undo.tell(texts().restored(ids.length, titleOf(todos)), () => enter(trashes(ids)));
      return true;
    },
    clearDone() {
      const isCleared = (todo: Todo) => todo.completed && todo.deletedAt === null;
      const ids = [...store.todos.value.values()].filter(isCleared).map((todo) => todo.id);
      if (!take([["*", { kind: "clear-done", ids }]])) return;
      undo.tell(texts().trashed(ids.length, ""), () => enter(restores(ids)));
    },
    repeat(entries) {
      const known = new Set(store.todos.value.keys());
      enter(
        entries.flatMap(({ todoId, change }): Item[] => {
          // It may lie in the trash by now; if it does not, this is refused too.
          const isMissing = change.kind === "patch" && !known.has(todoId);
          known.add(todoId);
          return [
            ...restores(isMissing ? [todoId] : []),
            [todoId, change, versionOf(store.todos.value.get(todoId))],
          ];
        }),
      );
    },
    undo: undo.last,
    forgetUndo: undo.forget,
  };
}

/** The single changes that actions are made of, and how they come into the outbox. */
function createChanges({ store, notices, messages, wake }: ActionsParts) {
  /** All in one step, however many there are. */
  const enter = (items: readonly Item[]) => {
    const at = new Date().toISOString();
    const made = items.map(([todoId, change, version = null]) => {
      return { id: newId(), todoId, change, version, at, attempted: false };
    });
    if (made.length > 0) void store.changeOutbox((old) => made.reduce(enqueue, old)).then(wake);
  };

  /** Without a network changes pile up, but not without end; only a way back is never closed. */
  const take = (items: readonly Item[]): boolean => {
    const hasRoom = store.outbox.value.length + items.length <= MAX_ENTRIES;
    if (hasRoom) enter(items);
    else {
      const { tooManyAtOnce, outboxFull } = messages.value.notices;
      const told = items.length > MAX_ENTRIES ? tooManyAtOnce : outboxFull;
      notices.show(told(MAX_ENTRIES), { tone: "bad" });
    }
    return hasRoom;
  };

  const versionNow = (id: string) => versionOf(store.todos.value.get(id));
  const trashes = (ids: readonly string[]) =>
    ids
      .filter((id) => store.todos.value.has(id))
      .map((id): Item => [id, { kind: "trash" }, versionNow(id)]);
  const restores = (ids: readonly string[]) =>
    ids.map((id): Item => [id, { kind: "restore" }, versionNow(id)]);
  /** Every field as it was. */
  const revert = (items: readonly Item[]) =>
    enter(
      items.flatMap(([id, change]) => {
        const todo = store.todos.value.get(id);
        return todo && change.kind === "patch" ? patches(todo, change.before) : [];
      }),
    );

  return { enter, take, trashes, restores, revert };
}

/** One change, or none if there is nothing to change. */
function patches(seen: Todo, wanted: TodoPatch): Item[] {
  const patch = difference(seen, wanted);
  if (fieldsOf(patch).length === 0) return [];
  return [[seen.id, { kind: "patch", patch, before: before(seen, patch) }, versionOf(seen)]];
}

/** Version 0 stands for a to-do that the API has not answered for yet. */
function versionOf(todo: Todo | undefined): number | null {
  return todo?.version || null;
}
