import type { Todo, TodoPatch } from "../api/todos.ts";
import { lineOf } from "./line.ts";
import { difference, fieldsOf } from "./merge.ts";

/** The fields of a to-do that a person edits. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly notes: string;
  readonly dueDate: string | null;
  readonly completed: boolean;
  readonly priority: number;
  readonly labels: readonly string[];
}

export function draftOf(todo: Todo): Draft {
  const { title, description, notes, dueDate, completed, priority = 0, labels = [] } = todo;
  return {
    title,
    description: description ?? "",
    notes: notes ?? "",
    dueDate,
    completed,
    priority,
    labels,
  };
}

export function patchOf(seen: Todo, draft: Draft): TodoPatch {
  const wanted = { ...draft, title: lineOf(draft.title), labels: [...draft.labels] };
  return difference(seen, wanted);
}

export function isChanged(seen: Todo, draft: Draft): boolean {
  return fieldsOf(patchOf(seen, draft)).length > 0;
}
