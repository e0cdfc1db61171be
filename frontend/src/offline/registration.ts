import { ownScript } from "../security.ts";

const ASKED_EVERY_MS = 3_600_000;

/**
 * Keep the application at hand; `onNewVersion` gets what exchanges it for a newer one, once that is
 * ready. A development server has no service worker, nor has a browser that forbids it.
 */
export async function startServiceWorker(onNewVersion: (take: () => void) => void): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker
    .register(ownScript("/sw.js"))
    .catch(() => undefined);
  if (registration === undefined) return;

  const offer = () => {
    const { active, waiting } = registration;
    if (active && waiting) onNewVersion(() => exchange(waiting));
  };
  offer();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") offer();
    });
  });
  askNowAndThen(registration);
}

/** A page that stays open for days is no navigation, for which browsers would ask by themselves. */
function askNowAndThen(registration: ServiceWorkerRegistration): void {
  let asked = performance.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || performance.now() - asked < ASKED_EVERY_MS) return;
    asked = performance.now();
    registration.update().catch(() => {}); // without a network there is nothing new
  });
}

/** Other tabs go on with what they have loaded; what they still need is on the server for days. */
function exchange(waiting: ServiceWorker): void {
  const reload = () => location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
  waiting.postMessage("take-over");
}
