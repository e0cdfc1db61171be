import type { Plugin } from "vite";

const PUBLIC_FILES = ["/", "/config.json", "/icon.svg", "/manifest.webmanifest"];

/** Builds the service worker to /sw.js and tells it which files make the application. */
export function offlineShell(): Plugin {
  return {
    name: "offline-shell",
    apply: "build",
    config: () => ({
      build: {
        rolldownOptions: {
          input: { main: "index.html", sw: "src/offline/service-worker.ts" },
          output: {
            entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
          },
        },
      },
    }),
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
        const shell = [...PUBLIC_FILES, ...assets.map((name) => `/${name}`).sort()];
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") throw new Error("there is no service worker to build");
        if (!worker.code.includes("__SHELL__"))
          throw new Error("the service worker lists no shell");
        worker.code = worker.code.replace("__SHELL__", JSON.stringify(shell));
      },
    },
  };
}
