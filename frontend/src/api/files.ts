import { Refused, readJson, type Send, Unreachable } from "./client.ts";
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

/**
 * The content of a file. By a script and not by a link, with which the page would leave: the browser
 * would ask whether to give up uploads, and show what S3 answers instead of the file.
 */
export async function fetchFile(send: Send, file: Attachment, signal: AbortSignal): Promise<Blob> {
  const address = await locateFile(send, file, false);
  try {
    const answer = await fetch(address, { credentials: "omit", cache: "no-store", signal });
    if (answer.ok) return await answer.blob();
    throw new Refused(answer.status, undefined, undefined);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Refused ? error : new Unreachable("S3 breaks off", { cause: error });
  }
}

export async function getUsage(send: Send): Promise<Usage> {
  return readJson(await send({ method: "GET", path: "/me/files/usage" }), "limitBytes");
}
