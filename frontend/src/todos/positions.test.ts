import { expect, test } from "vitest";

import { byPosition, lastPosition, positionAt } from "./positions.ts";

const placed = (id: string, position: string) => ({ id, position });
const abc = [placed("a", "a0"), placed("b", "a1"), placed("c", "a2")];

test.each([0, 1, 2, 3])("a to-do goes to place %i", (place) => {
  const position = positionAt(abc, place) ?? "";

  const order = [...abc, placed("new", position)].sort(byPosition).map((one) => one.id);

  expect(order.indexOf("new")).toBe(place);
});

test("a thousand moves to one place still find room", () => {
  let after = placed("z", "a1");
  for (let i = 0; i < 1000; i++) {
    after = placed("z", positionAt([placed("a", "a0"), after], 1) ?? "");
  }

  expect(after.position > "a0").toBe(true);
  expect(after.position.length).toBeLessThan(200);
});

test("between two of the same position there is no room", () => {
  expect(positionAt([placed("a", "a0"), placed("b", "a0")], 1)).toBeUndefined();
});

test("the last position is after all others, and after none there is one too", () => {
  expect(lastPosition(abc) > "a2").toBe(true);
  expect(lastPosition([])).toBe("a0");
});
