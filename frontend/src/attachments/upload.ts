import { type Send, Unreachable } from "../api/client.ts";
import {
  type Announced,
  type Attachment,
  announceFile,
  completeFile,
  deleteFile,
} from "../api/files.ts";
import { sha256 } from "./hash.ts";
import { mediaType } from "./limits.ts";

export type Stage =
  | { readonly kind: "hashing" }
  | { readonly kind: "sending"; readonly fraction: number }
  | { readonly kind: "finishing" };

export interface Upload {
  readonly todoId: string;
  readonly file: File;
  readonly signal: AbortSignal;
  readonly onStage: (stage: Stage) => void;
}

/** Hash, announce, send to S3, complete. What breaks off leaves no room taken behind. */
export async function upload(
  send: Send,
  { todoId, file, signal, onStage }: Upload,
): Promise<Attachment> {
  onStage({ kind: "hashing" });
  const announced = await announceFile(send, todoId, {
    name: file.name,
    contentType: mediaType(file.type),
    size: file.size,
    sha256: await sha256(file, signal),
  });
  try {
    signal.throwIfAborted();
    await transfer(announced.upload, file, signal, onStage);
    onStage({ kind: "finishing" });
    const attached = await completeFile(send, announced.file);
    signal.throwIfAborted(); // cancelled at the very end: it goes again
    return attached;
  } catch (error) {
    // Not waited for: if it fails too, the announcement expires by itself.
    deleteFile(send, announced.file).catch(() => {});
    throw error;
  }
}

/** XMLHttpRequest, because fetch tells no progress of what it sends. */
function transfer(
  { method, url, headers }: Announced["upload"],
  file: File,
  signal: AbortSignal,
  onStage: (stage: Stage) => void,
): Promise<void> {
  const request = new XMLHttpRequest();
  return new Promise<void>((resolve, reject) => {
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      // The browser sets the length itself, and lets nobody else.
      if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded, total }) =>
      onStage({ kind: "sending", fraction: total > 0 ? loaded / total : 0 });
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Error(`S3 answers ${request.status}`));
    request.onerror = () => reject(new Unreachable("S3 does not answer"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
