import { expect, test, vi } from "vitest";

import { askFirst, hasStakes, holdUp } from "./leaving.ts";

test("what can ask asks, while it is there", () => {
  const ask = vi.fn();
  let isThere = false;
  const letGo = holdUp({ isThere: () => isThere, ask });
  expect(askFirst()).toBe(false);

  isThere = true;
  expect(hasStakes()).toBe(true);
  expect(askFirst()).toBe(true);
  expect(ask).toHaveBeenCalledOnce();

  letGo();
  expect(hasStakes()).toBe(false);
  expect(askFirst()).toBe(false);
});

test("what cannot ask is left to the browser", () => {
  const letGo = holdUp({ isThere: () => true });

  expect(hasStakes()).toBe(true);
  expect(askFirst()).toBe(false);
  letGo();
});
