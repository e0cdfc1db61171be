import type { Plugin } from "vite";

/**
 * Nothing is painted before the script has run: it would be in other colours than the person chose.
 * Vite leaves this attribute out when it writes the script's element.
 */
export function firstPaint(): Plugin {
  return {
    name: "first-paint",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(page) {
        const late = page.replace('<script type="module"', '$& blocking="render"');
        if (late === page) throw new Error("the page has no script to wait for");
        return late;
      },
    },
  };
}
