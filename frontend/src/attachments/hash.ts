import { ownScript } from "../security.ts";
import workerUrl from "./hash.worker.ts?worker&url";

/** The SHA-256 of a file in lower-case hexadecimal, computed in a worker. */
export function sha256(file: Blob, signal: AbortSignal): Promise<string> {
  const worker = new Worker(ownScript(workerUrl), { type: "module" });
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
    worker.onerror = () => reject(new Error("the file cannot be read"));
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
