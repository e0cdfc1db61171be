import { readJson, type Send } from "./client.ts";
import type { components } from "./contract.d.ts";

export type Todo = components["schemas"]["Todo"];
export type NewTodo = components["schemas"]["NewTodo"];
export type TodoPatch = components["schemas"]["TodoPatch"];
type TodoPage = components["schemas"]["TodoPage"];
export type ExportFormat = "json" | "csv" | "ics";

const TODOS = "/me/todos";
const PAGE_SIZE = 100;

const ifMatch = (version: number) => ({ "If-Match": `"${version}"` });
const todoPath = (id: string) => `${TODOS}/${encodeURIComponent(id)}`;

/** The pages of all to-dos outside the trash, or of the trash. */
export async function* listTodos(send: Send, trashed: boolean): AsyncGenerator<readonly Todo[]> {
  const query = new URLSearchParams({
    status: trashed ? "trashed" : "all",
    sort: "created",
    limit: String(PAGE_SIZE),
  });
  for (;;) {
    const answer = await send({ method: "GET", path: `${TODOS}?${query}` });
    const page = await readJson<TodoPage>(answer, "items");
    yield page.items;
    if (page.nextCursor === null) return;
    query.set("cursor", page.nextCursor);
  }
}

export async function getTodo(send: Send, id: string): Promise<Todo> {
  return read(await send({ method: "GET", path: todoPath(id) }));
}

/** Create under the client's own id; safe to repeat. */
export async function createTodo(send: Send, id: string, body: NewTodo): Promise<Todo> {
  return read(
    await send({ method: "PUT", path: todoPath(id), body, headers: { "If-None-Match": "*" } }),
  );
}

export async function patchTodo(
  send: Send,
  id: string,
  version: number,
  body: TodoPatch,
): Promise<Todo> {
  return read(await send({ method: "PATCH", path: todoPath(id), body, headers: ifMatch(version) }));
}

export async function trashTodo(send: Send, id: string, version: number): Promise<void> {
  await send({ method: "DELETE", path: todoPath(id), headers: ifMatch(version) });
}

export async function restoreTodo(send: Send, id: string): Promise<Todo> {
  return read(await send({ method: "POST", path: `${todoPath(id)}/restore` }));
}

export async function clearTodos(send: Send, status: "done" | "trashed"): Promise<void> {
  await send({ method: "DELETE", path: `${TODOS}?status=${status}` });
}

export async function exportTodos(send: Send, format: ExportFormat): Promise<Blob> {
  return (await send({ method: "GET", path: `${TODOS}/export?format=${format}` })).blob();
}

function read(answer: Response): Promise<Todo> {
  return readJson<Todo>(answer, "version");
}
