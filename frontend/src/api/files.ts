import { readJson, type Send } from "./client.ts";
import type { components } from "./contract.d.ts";

export type Attachment = components["schemas"]["File"];
export type NewFile = components["schemas"]["NewFile"];
export type Announced = components["schemas"]["AnnouncedFile"];
export type Usage = components["schemas"]["Usage"];
type Download = components["schemas"]["Download"];

const filesPath = (todoId: string) => `/me/todos/${encodeURIComponent(todoId)}/files`;
const filePath = (todoId: string, id: string) => `${filesPath(todoId)}/${encodeURIComponent(id)}`;

export async function listFiles(send: Send, todoId: string): Promise<Attachment[]> {
  const answer = await send({ method: "GET", path: filesPath(todoId) });
  return (await readJson<{ items: Attachment[] }>(answer, "items")).items;
}

export async function announceFile(send: Send, todoId: string, body: NewFile): Promise<Announced> {
  return readJson(await send({ method: "POST", path: filesPath(todoId), body }), "upload");
}

export async function completeFile(send: Send, file: Attachment): Promise<Attachment> {
  const path = `${filePath(file.todoId, file.id)}/complete`;
  return readJson(await send({ method: "POST", path }), "id");
}

export async function deleteFile(send: Send, file: Attachment): Promise<void> {
  await send({ method: "DELETE", path: filePath(file.todoId, file.id) });
}

/** A URL of S3 for a minute. It is asked for as JSON: a script cannot follow the redirection. */
export async function locateFile(send: Send, file: Attachment, inline: boolean): Promise<string> {
  const path = `${filePath(file.todoId, file.id)}/content${inline ? "?inline" : ""}`;
  const answer = await send({ method: "GET", path, headers: { Accept: "application/json" } });
  return (await readJson<Download>(answer, "url")).url;
}

export async function getUsage(send: Send): Promise<Usage> {
  return readJson(await send({ method: "GET", path: "/me/files/usage" }), "limitBytes");
}
