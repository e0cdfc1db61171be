/// <reference lib="webworker" />
/** Hashes files beside the page, which goes on to react meanwhile. */

const worker = self as unknown as DedicatedWorkerGlobalScope;

worker.addEventListener("message", async ({ data }: MessageEvent<Blob>) => {
  const digest = await crypto.subtle.digest("SHA-256", await data.arrayBuffer());
  worker.postMessage(toHex(new Uint8Array(digest)));
});

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export {}; // a module of its own, so that its names are
