import { Refused, type Send } from "../api/client.ts";
import type { Todo } from "../api/todos.ts";
import * as api from "../api/todos.ts";
import { disputed, worthAsking } from "./merge.ts";
import type { Entry } from "./outbox.ts";
import * as outbox from "./outbox.ts";
import type { Store } from "./store.ts";

/** Delivers one change and brings store and outbox up to what the API answers. */
export function createDelivery(send: Send, store: Store): (entry: Entry) => Promise<void> {
  const deliver = async (entry: Entry) => {
    try {
      const todo = await deliverChange(send, entry);
      settle(entry, todo);
      await store.changeOutbox((entries) => outbox.confirm(entries, entry, todo));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await resolve(entry, error);
    }
  };

  /** What the store knows once a change has gone through. */
  const settle = (entry: Entry, todo: Todo | undefined) => {
    const { change, at } = entry;
    const trashed = change.kind === "trash" ? [entry.todoId] : [];
    const ids = change.kind === "clear-done" ? change.ids : trashed;
    const changed = ids.flatMap((id) => {
      const known = store.saved(id);
      // What is completed here alone, its completion being in dispute, the API has not cleared.
      const isTrashed = known && (known.completed || change.kind === "trash");
      return isTrashed ? [{ ...known, deletedAt: at, version: known.version + 1 }] : [];
    });
    store.accept(todo ? [todo] : changed);
  };

  /** A refusal that is not the end: another version is there, or the work is done already. */
  const resolve = async (entry: Entry, refusal: Refused) => {
    const gone = refusal.status === 404;
    if (gone && entry.change.kind === "trash") {
      settle(entry, undefined); // most likely in the trash; the next reading of it tells
      return store.changeOutbox((entries) => outbox.confirm(entries, entry, undefined));
    }
    if (refusal.type === "id-taken") {
      // By this change itself, whose answer was lost: the ids are random.
      const todo = await api.getTodo(send, entry.todoId);
      store.accept([todo]);
      return store.changeOutbox((entries) => outbox.confirm(entries, entry, todo));
    }
    if (refusal.status !== 412) {
      if (gone) store.accept([], [entry.todoId]);
      throw refusal;
    }
    const theirs = await api.getTodo(send, entry.todoId);
    store.accept([theirs]);
    return store.changeOutbox((entries) =>
      mustAsk(entry, theirs)
        ? outbox.dispute(entries, entry.id, theirs)
        : outbox.rebase(entries, entry.id, theirs),
    );
  };

  return deliver;
}

function mustAsk({ change }: Entry, theirs: Todo): boolean {
  if (change.kind !== "patch") return true;
  return worthAsking(disputed(change.before, change.patch, theirs)).length > 0;
}

async function deliverChange(send: Send, entry: Entry): Promise<Todo | undefined> {
  const { todoId, change, version } = entry;
  switch (change.kind) {
    case "create":
      return api.createTodo(send, todoId, change.todo);
    case "patch":
      return api.patchTodo(send, todoId, version ?? 1, change.patch);
    case "trash":
      await api.trashTodo(send, todoId, version ?? 1);
      return undefined;
    case "restore":
      return api.restoreTodo(send, todoId);
    case "clear-done":
      await api.clearTodos(send, "done");
      return undefined;
  }
}
