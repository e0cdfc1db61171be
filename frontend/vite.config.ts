import { defineConfig } from "vitest/config";

import { firstPaint } from "./build/first-paint.ts";
import { offlineShell } from "./build/offline-shell.ts";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Every asset is a file of its own: the content security policy allows no data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  worker: { format: "es" },
  plugins: [firstPaint(), offlineShell()],
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    restoreMocks: true,
  },
});
