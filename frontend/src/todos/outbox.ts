/** The changes that are not sent yet, as plain data, and what happens to them. */
import type { NewTodo, Todo, TodoPatch } from "../api/todos.ts";
import { lastPosition } from "./positions.ts";

export type Change =
  | { readonly kind: "create"; readonly todo: NewTodo }
  | { readonly kind: "patch"; readonly patch: TodoPatch; readonly before: TodoPatch }
  | { readonly kind: "trash" }
  | { readonly kind: "restore" }
  /** Every completed to-do to the trash. */
  | { readonly kind: "clear-done"; readonly ids: readonly string[] };

export interface Entry {
  /** Ids sort by time: the order of sending. */
  readonly id: string;
  readonly todoId: string;
  readonly change: Change;
  /** The version the person saw; null when the API has none yet. */
  readonly version: number | null;
  readonly at: string;
  /** Sending was begun, so the API may have it: it must be repeated as it is. */
  readonly attempted: boolean;
  /** What the API holds instead of what the person saw: the person decides. */
  readonly theirs?: Todo;
}

export type Entries = readonly Entry[];
export type Todos = ReadonlyMap<string, Todo>;

export const MAX_ENTRIES = 500;

/** Add a change; joined with the one before it to the same to-do if that has not been sent. */
export function enqueue(entries: Entries, entry: Entry): Entries {
  const index = entries.findLastIndex((other) => other.todoId === entry.todoId);
  const last = entries[index];
  const joined = last && !last.attempted && !last.theirs ? join(last, entry) : undefined;
  return joined === undefined ? [...entries, entry] : entries.with(index, joined);
}

function join(first: Entry, second: Entry): Entry | undefined {
  if (second.change.kind !== "patch") return undefined;
  const { patch, before } = second.change;
  if (first.change.kind === "create") {
    return { ...first, change: { kind: "create", todo: merged(first.change.todo, patch) } };
  }
  if (first.change.kind !== "patch" || first.version !== second.version) return undefined;
  const change = {
    kind: "patch",
    patch: { ...first.change.patch, ...patch },
    before: { ...before, ...first.change.before },
  } as const;
  return { ...first, change };
}

/** A merge patch on a to-do that is yet to be created: null means the default. */
function merged(todo: NewTodo, patch: TodoPatch): NewTodo {
  const fields = Object.entries({ ...todo, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(fields) as unknown as NewTodo;
}

export function attempt(entries: Entries, id: string): Entries {
  return entries.map((entry) => (entry.id === id ? { ...entry, attempted: true } : entry));
}

/** An entry went through: what comes after it builds on the version it made. */
export function confirm(entries: Entries, done: Entry, todo: Todo | undefined): Entries {
  const rest = entries.filter((entry) => entry.id !== done.id);
  if (todo === undefined) return rest;
  return rest.map((entry) =>
    entry.todoId === done.todoId && entry.version === done.version
      ? { ...entry, version: todo.version }
      : entry,
  );
}

/** What can no longer be done once an entry is given up: all that follows on a to-do's creation. */
export function orphans(entries: Entries, { id, todoId, change }: Entry): Entries {
  if (change.kind !== "create") return [];
  return entries.filter((entry) => entry.todoId === todoId && entry.id !== id);
}

export function drop(entries: Entries, given: Entry): Entries {
  const lost = orphans(entries, given);
  return entries.filter((entry) => entry.id !== given.id && !lost.includes(entry));
}

/** An entry is to be sent on top of another version. */
export function rebase(entries: Entries, id: string, onto: Todo): Entries {
  const moved = entries.find((entry) => entry.id === id);
  return entries.map((entry) => {
    if (entry.todoId !== moved?.todoId || entry.version !== moved.version) return entry;
    const { theirs: _, ...undisputed } = entry;
    return { ...undisputed, version: onto.version, attempted: false };
  });
}

export function dispute(entries: Entries, id: string, theirs: Todo): Entries {
  return entries.map((entry) => (entry.id === id ? { ...entry, theirs } : entry));
}

/** What can be sent: all but what is in dispute, and what comes after it to the same to-do. */
export function sendable(entries: Entries): Entries {
  const disputed = new Set<string>();
  return entries.filter((entry) => {
    if (entry.theirs) disputed.add(entry.todoId);
    return !disputed.has(entry.todoId);
  });
}

/** The next entry to send: the oldest one whose to-do is not in dispute. */
export function next(entries: Entries): Entry | undefined {
  return sendable(entries)[0];
}

/** The to-dos as they will be when everything is sent. */
export function preview(todos: Todos, entries: Entries): Todos {
  if (entries.length === 0) return todos;
  const result = new Map(todos);
  for (const entry of entries) apply(result, entry);
  return result;
}

function apply(todos: Map<string, Todo>, { todoId, change, at }: Entry): void {
  if (change.kind === "create") {
    if (!todos.has(todoId)) todos.set(todoId, created(todoId, change.todo, at, todos));
    return;
  }
  const ids = change.kind === "clear-done" ? change.ids : [todoId];
  for (const id of ids) {
    const todo = todos.get(id);
    if (todo) todos.set(id, changed(todo, change, at));
  }
}

function changed(todo: Todo, change: Change, at: string): Todo {
  if (change.kind === "patch") return patched(todo, change.patch, at);
  return { ...todo, deletedAt: change.kind === "restore" ? null : at };
}

function created(id: string, todo: NewTodo, at: string, others: Todos): Todo {
  return {
    id,
    description: "",
    notes: "",
    dueDate: null,
    priority: 0,
    labels: [],
    version: 0,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
    ...todo,
    completed: todo.completed ?? false,
    completedAt: todo.completed ? at : null,
    position: todo.position ?? lastPosition(others.values()),
  };
}

const EMPTY = { description: "", notes: "", priority: 0, labels: [] as string[] };

export function patched(todo: Todo, patch: TodoPatch, at: string): Todo {
  const result = { ...todo, ...patch, updatedAt: at };
  const completedAt = result.completed ? (todo.completedAt ?? at) : null;
  return {
    ...result,
    completedAt,
    description: result.description ?? EMPTY.description,
    notes: result.notes ?? EMPTY.notes,
    priority: result.priority ?? EMPTY.priority,
    labels: result.labels ?? EMPTY.labels,
  };
}
