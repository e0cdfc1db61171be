/// <reference lib="webworker" />
/** Hashes files beside the page, which goes on to react meanwhile. */

const worker = self as unknown as DedicatedWorkerGlobalScope;

/** Answers undefined for what cannot be read: a folder, or a file that is gone. */
worker.addEventListener("message", ({ data }: MessageEvent<Blob>) => {
  sha256(data).then(
    (hash) => worker.postMessage(hash),
    () => worker.postMessage(undefined),
  );
});

async function sha256(file: Blob): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export {}; // a module of its own, so that its names are
