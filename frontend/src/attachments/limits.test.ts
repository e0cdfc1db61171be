import { expect, test } from "vitest";

import { faultOf, isRasterImage, MAX_BYTES, MAX_FILES, mediaType } from "./limits.ts";

const ROOM = { files: 0, bytes: undefined };
const file = (fields = {}) => ({ name: "a.txt", type: "text/plain", size: 5, ...fields });

test.each([
  ["a usual file", file(), ROOM, undefined],
  ["the largest file", file({ size: MAX_BYTES }), ROOM, undefined],
  ["one that is larger", file({ size: MAX_BYTES + 1 }), ROOM, "tooLarge"],
  ["an empty one", file({ size: 0 }), ROOM, "emptyFile"],
  ["a long name", file({ name: "x".repeat(256) }), ROOM, "badName"],
  ["a program", file({ name: "a.EXE" }), ROOM, "badType"],
  ["a page", file({ type: "text/html; charset=utf-8" }), ROOM, "badType"],
  ["one too many", file(), { files: MAX_FILES, bytes: undefined }, "tooMany"],
  ["the last one that fits", file(), { files: 0, bytes: 5 }, undefined],
  ["more than there is room for", file(), { files: 0, bytes: 4 }, "noRoom"],
])("%s", (_, candidate, room, fault) => {
  expect(faultOf(candidate, room)).toBe(fault);
});

test("a file without a type has one", () => {
  expect(mediaType("")).toBe("application/octet-stream");
  expect(mediaType("Text/Plain; charset=utf-8")).toBe("text/plain");
});

test("drawings are not shown in the page", () => {
  expect(isRasterImage("image/png")).toBe(true);
  expect(isRasterImage("image/svg+xml")).toBe(false);
});
