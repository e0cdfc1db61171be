import type { Todo } from "../api/todos.ts";
import type { Todos } from "./outbox.ts";

export interface Listing {
  readonly todos: readonly Todo[];
  /** Pages are still to come, of the trash too: what is missing is not gone. */
  readonly partial: boolean;
}

/**
 * Take over what the API lists. `touched` are to-dos that were written while it was being listed:
 * the listing may not know of that yet.
 */
export function takeOver(known: Todos, listing: Listing, touched: ReadonlySet<string>): Todos {
  const result = new Map(known);
  if (!listing.partial) {
    const listed = new Set(listing.todos.map((todo) => todo.id));
    for (const id of known.keys()) if (!listed.has(id) && !touched.has(id)) result.delete(id);
  }
  for (const todo of listing.todos) {
    const mine = result.get(todo.id);
    if (touched.has(todo.id) && mine === undefined) continue; // gone for good meanwhile
    if (mine === undefined || todo.version > mine.version) result.set(todo.id, todo);
  }
  return result;
}
