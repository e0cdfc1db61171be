import { expect, test } from "vitest";

import { newId } from "./ids.ts";

// As api.yaml has it, and version 7 with the variant of RFC 9562.
const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("ids are UUIDs of version 7 that tell the time", () => {
  const id = newId(4_000_000_000_000);

  expect(id).toMatch(PATTERN);
  expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(4_000_000_000_000);
});

test("later ids sort later, also within a millisecond and when the clock goes back", () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => newId(4_000_000_000_001 - (i % 2)));

  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
