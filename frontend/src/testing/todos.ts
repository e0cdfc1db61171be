import type { Todo } from "../api/todos.ts";
import type { Change, Entry } from "../todos/outbox.ts";

const AT = "2026-11-22T09:00:00.000Z";

/** A to-do as the API gives it, for tests. */
export function todo(id: string, fields: Partial<Todo> = {}): Todo {
  return {
    id,
    title: `To-do ${id}`,
    description: "",
    notes: "",
    dueDate: null,
    completed: false,
    completedAt: null,
    priority: 0,
    labels: [],
    position: "a0",
    version: 1,
    createdAt: AT,
    updatedAt: AT,
    deletedAt: null,
    ...fields,
  };
}

export function entry(id: string, change: Change, fields: Partial<Entry> = {}): Entry {
  return { id, todoId: "t", change, version: 1, at: AT, attempted: false, ...fields };
}
