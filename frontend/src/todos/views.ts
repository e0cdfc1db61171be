import type { Todo } from "../api/todos.ts";
import { addDays, type Day, endOfWeek } from "./dates.ts";
import { byPosition } from "./positions.ts";

export const VIEWS = ["open", "today", "overdue", "upcoming", "done", "all", "trash"] as const;
export type View = (typeof VIEWS)[number];

export const SORTS = ["due", "created", "position"] as const;
export type Sort = (typeof SORTS)[number];

export interface Query {
  readonly view: View;
  readonly sort: Sort;
  readonly q: string;
  readonly label: string;
}

export function isIn(view: View, todo: Todo, today: Day): boolean {
  if (view === "trash") return todo.deletedAt !== null;
  if (todo.deletedAt !== null) return false;
  if (view === "all") return true;
  if (view === "done") return todo.completed;
  if (todo.completed) return false;
  if (view === "open") return true;
  return isDueIn(view, todo.dueDate, today);
}

function isDueIn(view: "today" | "overdue" | "upcoming", due: Day | null, today: Day): boolean {
  if (due === null) return false;
  if (view === "today") return due === today;
  return view === "overdue" ? due < today : due > today;
}

/** Whether a to-do says `q` anywhere, in whatever case. */
export function matches(todo: Todo, q: string): boolean {
  const wanted = q.trim().toLowerCase();
  if (wanted === "") return true;
  return [todo.title, todo.description, todo.notes, ...todo.labels].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

export function select(todos: Iterable<Todo>, query: Query, today: Day): Todo[] {
  const found: Todo[] = [];
  for (const todo of todos) {
    if (!isIn(query.view, todo, today)) continue;
    if (query.label !== "" && !todo.labels.includes(query.label)) continue;
    if (matches(todo, query.q)) found.push(todo);
  }
  return found.sort(order(query));
}

type Order = (a: Todo, b: Todo) => number;

function order({ view, sort }: Query): Order {
  if (view === "trash") return latest((todo) => todo.deletedAt);
  if (sort === "position") return byPosition;
  if (sort === "created") return (a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id);
  return byDue;
}

const byCompletion = latest((todo) => todo.completedAt);

/** Open before done; the earliest due date first, none last; the highest priority first. */
function byDue(a: Todo, b: Todo): number {
  if (a.completed !== b.completed) return Number(a.completed) - Number(b.completed);
  if (a.completed) return byCompletion(a, b);
  return (
    compare(a.dueDate ?? "9999-99", b.dueDate ?? "9999-99") ||
    b.priority - a.priority ||
    byPosition(a, b)
  );
}

function latest(instant: (todo: Todo) => string | null): Order {
  return (a, b) => compare(instant(b) ?? "", instant(a) ?? "") || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export type GroupName = "overdue" | "today" | "tomorrow" | "week" | "later" | "undated" | "done";

export interface Group {
  /** Undefined for a list that is not divided. */
  readonly name: GroupName | undefined;
  readonly todos: readonly Todo[];
}

/** Divide a list that is sorted by due date, where that says more than the view's name does. */
export function group(
  todos: readonly Todo[],
  query: Query,
  today: Day,
  firstWeekday: number,
): Group[] {
  const divided = query.sort === "due" && ["open", "all", "upcoming"].includes(query.view);
  if (!divided) return [{ name: undefined, todos }];
  const groups = new Map<GroupName, Todo[]>();
  for (const todo of todos) {
    const name = todo.completed ? "done" : groupOf(todo.dueDate, today, firstWeekday);
    const members = groups.get(name);
    if (members) members.push(todo);
    else groups.set(name, [todo]);
  }
  if (groups.size === 1 && groups.has("undated")) return [{ name: undefined, todos }];
  return [...groups].map(([name, members]) => ({ name, todos: members }));
}

function groupOf(due: Day | null, today: Day, firstWeekday: number): GroupName {
  if (due === null) return "undated";
  if (due < today) return "overdue";
  if (due === today) return "today";
  if (due === addDays(today, 1)) return "tomorrow";
  return due <= endOfWeek(today, firstWeekday) ? "week" : "later";
}

export type Counts = Readonly<Record<View, number>>;

export function count(todos: Iterable<Todo>, today: Day): Counts {
  const counts: Record<View, number> = {
    open: 0,
    today: 0,
    overdue: 0,
    upcoming: 0,
    done: 0,
    all: 0,
    trash: 0,
  };
  for (const todo of todos) for (const view of VIEWS) if (isIn(view, todo, today)) counts[view]++;
  return counts;
}

/** Labels in use, the most used first. */
export function labelsOf(todos: Iterable<Todo>): string[] {
  const uses = new Map<string, number>();
  for (const todo of todos) {
    if (todo.deletedAt !== null) continue;
    for (const label of todo.labels) uses.set(label, (uses.get(label) ?? 0) + 1);
  }
  return [...uses].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([label]) => label);
}
