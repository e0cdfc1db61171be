import type { Todo, TodoPatch } from "../api/todos.ts";

export type Field = keyof TodoPatch;

export const FIELDS: readonly Field[] = [
  "title",
  "description",
  "notes",
  "dueDate",
  "completed",
  "priority",
  "labels",
  "position",
];

/** The fields of `patch` as they are in `todo`: what a change is compared with, and undone by. */
export function before(todo: Todo, patch: TodoPatch): TodoPatch {
  return Object.fromEntries(fieldsOf(patch).map((field) => [field, todo[field]]));
}

export function fieldsOf(patch: TodoPatch): Field[] {
  return FIELDS.filter((field) => patch[field] !== undefined);
}

/** The part of `wanted` that differs from the to-do. */
export function difference(todo: Todo, wanted: TodoPatch): TodoPatch {
  const changed = fieldsOf(wanted).filter((field) => !same(todo[field], wanted[field]));
  return Object.fromEntries(changed.map((field) => [field, wanted[field]]));
}

/**
 * The fields that both sides have changed, and differently. Whose fields do not meet, whose changes
 * can both stand.
 */
export function disputed(seen: TodoPatch, mine: TodoPatch, theirs: Todo): Field[] {
  return fieldsOf(mine).filter(
    (field) => !same(theirs[field], seen[field]) && !same(theirs[field], mine[field]),
  );
}

/** The order within a list decides nothing anybody would want to be asked about. */
export function worthAsking(fields: readonly Field[]): Field[] {
  return fields.filter((field) => field !== "position");
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
