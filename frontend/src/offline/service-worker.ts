/// <reference lib="webworker" />
/** Keeps the application itself at hand, never anybody's data: that is the database's part. */

const worker = self as unknown as ServiceWorkerGlobalScope;

/** The addresses of the build, put in by build/offline-shell.ts. */
declare const __SHELL__: readonly string[];

const SHELL = __SHELL__;
const CONFIG = "/config.json";
const PATIENCE_MS = 3_000;
const CACHE = `shell-${SHELL.filter((address) => address.startsWith("/assets/")).join()}`;

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(removeOldCaches().then(() => worker.clients.claim()));
});

worker.addEventListener("message", (event) => {
  if (event.data === "take-over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(networkFirst(request, "/"));
  else if (url.pathname === CONFIG) event.respondWith(networkFirst(request, CONFIG));
  else if (SHELL.includes(url.pathname)) event.respondWith(cacheFirst(request));
});

async function removeOldCaches(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

async function cacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

/** The newest one, or the one at hand when the network has none in time. */
async function networkFirst(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    // Never a newer page, whose files are not at hand: it comes with its own service worker.
    if (key === CONFIG && isJson(answer)) await cache.put(key, answer.clone()).catch(keepOld);
    return answer;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw error;
  }
}

/** A network that wants a sign-in of its own answers everything with its page. */
function isJson(answer: Response): boolean {
  return answer.ok && (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
}

/** Without room for the new one the old one stays at hand. */
function keepOld(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
}

export {}; // a module of its own, so that its names are
