import { ownScript } from "../security.ts";
import workerUrl from "./hash.worker.ts?worker&url";
import { Unreadable } from "./limits.ts";

/** The SHA-256 of a file in lower-case hexadecimal, computed in a worker. */
export function sha256(file: Blob, signal: AbortSignal): Promise<string> {
  const worker = new Worker(ownScript(workerUrl), { type: "module" });
  return new Promise<string>((resolve, reject) => {
    const fail = () => reject(new Unreadable("the file cannot be read"));
    worker.onmessage = ({ data }: MessageEvent<string | undefined>) =>
      data === undefined ? fail() : resolve(data);
    worker.onerror = fail;
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
