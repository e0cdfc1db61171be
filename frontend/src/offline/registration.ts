import { ownScript } from "../security.ts";

/** A development server has no service worker. */
export function startServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.register(ownScript("/sw.js"));
}
